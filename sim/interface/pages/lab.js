// Shows what the market is like now, and says what was wished: every number comes from the server with each week.
const data = JSON.parse(document.getElementById("data").textContent);
const say = data.say, letters = data.sides;
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const TRAVEL_MS = 600, PALE = 0.35;
const SHAPES = [
  "M5 0A5 5 0 1 1 -5 0A5 5 0 1 1 5 0Z", "M-4.5 -4.5H4.5V4.5H-4.5Z", "M0 -6L5.5 4.5H-5.5Z", "M0 -6.3L5 0L0 6.3L-5 0Z",
  "M0 6L5.5 -4.5H-5.5Z", "M-2 -6H2V-2H6V2H2V6H-2V2H-6V-2H-2Z", "M-3 -5.2H3L6 0L3 5.2H-3L-6 0Z", "M-5 -5L0 -2L5 -5L2 0L5 5L0 2L-5 5L-2 0Z",
];
const NOBODY = { path: "M2.5 0A2.5 2.5 0 1 1 -2.5 0A2.5 2.5 0 1 1 2.5 0Z", colour: "#888888" };
const find = (selector, room = document) => room.querySelector(selector);
const side = (letter) => document.getElementById("side-" + letter);
const whole = new Intl.NumberFormat(say.language, { maximumFractionDigits: 0 });
const exact = new Intl.NumberFormat(say.language, { maximumFractionDigits: 3 });
const tenths = new Intl.NumberFormat(say.language, { maximumFractionDigits: 1 });
const short = new Intl.NumberFormat(say.language, { maximumSignificantDigits: 4 });
const large = new Intl.NumberFormat(say.language, { maximumSignificantDigits: 3, notation: "compact" });

let frame = null, drawn = -1;

function tick(value) { return (Math.abs(value) >= 1e5 ? large : short).format(value); }

function known(value, how) { return value === null || value === undefined ? say.undefined : how.format(value); }

function table(heads, rows) {
  return make("table", {}, make("thead", {}, make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text)))),
    make("tbody", {}, ...rows.map(([first, ...rest]) => make("tr", {}, make("th", { scope: "row" }, first),
      ...rest.map((text) => make("td", {}, text))))));
}

function behind(figure, heads, rows) {
  const details = find("details", figure);
  if (details.open) find(".wide", details).replaceChildren(table(heads, rows()));
}

// --------------------------------------------------------------------------------------------------- lines over time

function lines(figure, named) {
  const chart = find("svg", figure), height = Number(chart.getAttribute("viewBox").split(" ")[3]);
  const box = { left: 66, right: 470, top: 14, bottom: height - 44 };
  const values = named.flatMap(([, line]) => line).filter((value) => value !== null);
  const range = rungs(Math.min(0, ...values), Math.max(0, ...values) || 1);
  const across = (at) => box.left + ((box.right - box.left) * at) / data.weeks;
  const up = (value) => box.bottom - ((box.bottom - box.top) * (value - range.bottom)) / (range.top - range.bottom);
  const parts = range.ticks.map((value) => make("g", {},
    make("line", { class: value === 0 ? "zero" : "grid", x1: box.left, x2: box.right, y1: up(value), y2: up(value) }),
    make("text", { x: box.left - 6, y: up(value) + 5, "text-anchor": "end" }, tick(value))));
  for (const week of data.ticks) parts.push(make("text", { x: across(week), y: box.bottom + 18, "text-anchor": "middle" }, whole.format(week)));
  parts.push(make("text", { x: (box.left + box.right) / 2, y: box.bottom + 37, "text-anchor": "middle" }, say.week));
  const ends = [];
  for (const [look, line, name] of named) {
    let path = "", pen = "M";
    line.forEach((value, at) => {
      path += value === null ? "" : `${pen}${across(at + 1).toFixed(1)} ${up(value).toFixed(1)}`;
      pen = value === null ? "M" : "L";
    });
    parts.push(make("path", { class: `line ${look}`, d: path }));
    const last = line.at(-1);
    if (last !== null && last !== undefined) ends.push({ name, x: across(line.length) + 6, y: up(last) + 5 });
  }
  ends.sort((one, other) => one.y - other.y);
  ends.forEach((end, at) => { if (at) end.y = Math.max(end.y, ends[at - 1].y + 16); });
  for (const end of ends) parts.push(make("text", { class: "name", x: end.x, y: end.y }, end.name));
  chart.replaceChildren(...parts);
}

function overTime() {
  const figure = document.getElementById("over-time"), chosen = document.getElementById("metric");
  const metric = data.metrics[chosen.selectedIndex];
  lines(figure, letters.map((letter) => [letter, frame.sides[letter].series[metric.id], letter]));
  const told = letters.map((letter) => `${letter}: ${known(frame.sides[letter].series[metric.id].at(-1), exact)}`);
  find("svg", figure).setAttribute("aria-label", `${metric.title}. ${told.join("; ")}`);
  behind(figure, [say.week, ...letters], () => frame.sides.A.series[metric.id].map((_, at) =>
    [String(at + 1), ...letters.map((letter) => known(frame.sides[letter].series[metric.id][at], exact))]));
}

function money(letter) {
  const figure = find(".money", side(letter)), { acquisition_spend: winning, retention_spend: keeping } = frame.sides[letter].series;
  lines(figure, [["winning", winning, ""], ["keeping", keeping, ""]]);
  const told = `${say.winning}: ${known(winning.at(-1), exact)}; ${say.keeping}: ${known(keeping.at(-1), exact)}`;
  find("svg", figure).setAttribute("aria-label", `${find("figcaption", figure).textContent}. ${told}`);
  behind(figure, [say.week, say.winning, say.keeping], () =>
    winning.map((_, at) => [String(at + 1), known(winning[at], exact), known(keeping[at], exact)]));
}

// -------------------------------------------------------------------------------------------------------- the funnel

function journey() {
  const figure = document.getElementById("journey"), chart = find("svg", figure);
  const box = { left: 6, right: 430, top: 4 }, label = 20, thick = 13, high = label + letters.length * thick + 5;
  const bottom = box.top + high * data.phases.length;
  find("figcaption", figure).textContent = frame.journey;
  const all = letters.flatMap((letter) => frame.sides[letter].journey), range = rungs(0, Math.max(...all, 1));
  const across = (value) => box.left + ((box.right - box.left) * value) / range.top;
  const parts = range.ticks.map((value) => make("g", {},
    make("line", { class: value === 0 ? "zero" : "grid", x1: across(value), x2: across(value), y1: box.top, y2: bottom }),
    make("text", { x: across(value), y: bottom + 18, "text-anchor": value ? "middle" : "start" }, tick(value))));
  parts.push(make("text", { x: (box.left + box.right) / 2, y: bottom + 38, "text-anchor": "middle" }, say.people));
  data.phases.forEach((phase, at) => {
    const top = box.top + high * at + label;
    parts.push(make("text", { class: "row", x: box.left + 4, y: top - 4 }, phase));
    letters.forEach((letter, place) => {
      const value = frame.sides[letter].journey[at], y = top + thick * place;
      if (value === undefined) return;
      parts.push(make("rect", { class: letter, x: box.left, y, width: across(value) - box.left, height: thick - 1 }));
      parts.push(make("text", { class: "count", x: across(value) + 5, y: y + thick - 2 }, `${letter} ${whole.format(value)}`));
    });
  });
  chart.replaceChildren(...parts);
  const rows = () => data.phases.map((phase, at) => [phase, ...letters.map((letter) => known(frame.sides[letter].journey[at], whole))]);
  chart.setAttribute("aria-label", `${frame.journey}. ${rows().map(([phase, ...told]) => `${phase}: ${told.join(", ")}`).join("; ")}`);
  behind(figure, ["", ...letters], rows);
}

// -------------------------------------------------------------------------------------------------------- the people

function spot([x, y]) { return [20 + 480 * x, 20 + 360 * y]; }

function settle(letter) {
  const chart = find(".people svg", side(letter));
  const links = data.links.map(([one, other]) => [spot(data.places[one]), spot(data.places[other])]);
  const path = links.map(([[x, y], [to, down]]) => `M${x.toFixed(1)} ${y.toFixed(1)}L${to.toFixed(1)} ${down.toFixed(1)}`).join("");
  const people = data.places.map((place) => {
    const [x, y] = spot(place);
    return make("path", { class: "person", transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` });
  });
  chart.replaceChildren(make("path", { class: "link", d: path }), make("g", { class: "people-here" }, ...people), make("g", { class: "stories" }));
  const mark = (look) => make("svg", { viewBox: "-7 -7 14 14", "aria-hidden": "true" }, make("path", { d: look.path, fill: look.colour }));
  find(".people .legend", side(letter)).replaceChildren(
    ...data.businesses.map((name, at) => make("span", {}, mark(look(at)), " " + name)), make("span", {}, mark(NOBODY), " " + say.nobody));
}

function look(business) { return business < 0 ? NOBODY : { path: SHAPES[business], colour: data.colours[business] }; }

function people(letter) {
  const room = side(letter), now = frame.sides[letter];
  find(".people-here", room).childNodes.forEach((mark, at) => {
    const { path, colour } = look(now.supplier[at]), feeling = now.satisfaction[at];
    mark.setAttribute("d", path);
    mark.setAttribute("fill", colour);
    mark.setAttribute("stroke", colour);
    mark.setAttribute("fill-opacity", feeling === null || feeling > data.pleased ? 1 : feeling < 0 ? 0 : PALE);
  });
  const rings = now.telling.map((at) => {
    const [cx, cy] = spot(data.places[at]);
    return make("circle", { class: "ring", cx, cy, r: 9 });
  });
  const moving = [], told = now.stories.map(([teller, hearer, , good]) => {
    const [x1, y1] = spot(data.places[teller]), [x2, y2] = spot(data.places[hearer]);
    const dot = make("circle", { class: `dot ${good ? "good" : "bad"}`, cx: x2, cy: y2, r: 3.5 });
    moving.push([dot, x1 - x2, y1 - y2]);
    return make("g", {}, make("line", { class: `story ${good ? "good" : "bad"}`, x1, y1, x2, y2 }), dot);
  });
  find(".stories", room).replaceChildren(...rings, ...told);
  if (!calm.matches && frame.week !== drawn) {
    for (const [dot, x, y] of moving) dot.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], { duration: TRAVEL_MS });
  }
  find(".told", room).textContent = now.told;
  find(".people svg", room).setAttribute("aria-label", `${find(".people figcaption", room).textContent}. ${now.told}`);
}

// -------------------------------------------------------------------------------------------------------- the controls

function written(kind, value) {
  return kind === "share" ? tenths.format(100 * value) + say.sign : short.format(value);
}

function controls(letter) {
  const room = side(letter), now = frame.sides[letter];
  find(".plan", room).value = now.plan;
  for (const held of room.querySelectorAll(".held")) {
    const what = held.dataset.what, input = find("input", held), done = now.entered.includes(what);
    if (held.dataset.moving) continue;  // whoever moves it now has not decided yet
    if (input.type === "checkbox") {
      input.checked = now.standing[what] === 1;
      input.disabled = done;  // nobody leaves a market
    } else {
      const text = written(held.dataset.kind, now.standing[what]);
      input.value = now.standing[what];
      input.setAttribute("aria-valuetext", text);
      find("output", held).textContent = text;
    }
    find(".by", held).textContent = done ? say.entered : now.held[what] ? say.by_hand : say.by_plan;
    find(".leave", held).hidden = done || !now.held[what];
  }
}

function show(model) {
  frame = JSON.parse(model.frame);
  document.getElementById("week").textContent = frame.over ? `${frame.told} ${say.over}` : frame.told;
  document.getElementById("passed").value = frame.week;
  document.getElementById("notice").textContent = frame.notice;
  document.getElementById("next").textContent = frame.next;
  document.getElementById("play").textContent = frame.playing ? say.pause : say.play;
  document.getElementById("play").disabled = document.getElementById("step").disabled = frame.over;
  document.getElementById("speed").value = String(frame.speed);
  for (const letter of letters) { controls(letter); people(letter); money(letter); }
  overTime();
  journey();
  find("#whole tbody").replaceChildren(...frame.whole.map(([name, ...texts]) =>
    make("tr", {}, make("th", { scope: "row" }, name), ...texts.map((text) => make("td", {}, text)))));
  drawn = frame.week;
  document.body.dataset.week = String(frame.week);
}

function save({ file, text }) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
  make("a", { href: address, download: file }).click();
  URL.revokeObjectURL(address);
}

export function render({ model }) {
  const wish = (wanted) => model.send_msg(wanted);
  const press = (id, wanted) => document.getElementById(id).addEventListener("click", () => wish(wanted()));
  press("play", () => ({ do: frame.playing ? "pause" : "play" }));
  press("step", () => ({ do: "step" }));
  press("reset", () => ({ do: "reset" }));
  document.getElementById("speed").addEventListener("change", (event) => wish({ do: "speed", value: Number(event.target.value) }));
  document.getElementById("metric").addEventListener("change", overTime);
  for (const letter of letters) {
    const room = side(letter);
    settle(letter);
    find(".plan", room).addEventListener("change", (event) => wish({ do: "choose", side: letter, value: event.target.value }));
    find(".save", room).addEventListener("click", () => wish({ do: "save", side: letter }));
    for (const held of room.querySelectorAll(".held")) {
      const what = held.dataset.what, input = find("input", held);
      const box = input.type === "checkbox";
      if (!box) input.addEventListener("input", () => {
        held.dataset.moving = "yes";
        find("output", held).textContent = written(held.dataset.kind, Number(input.value));
      });
      input.addEventListener("change", () => {
        delete held.dataset.moving;
        wish({ do: "hold", side: letter, what, value: box ? Number(input.checked) : Number(input.value) });
      });
      find(".leave", held).addEventListener("click", () => { wish({ do: "hold", side: letter, what, value: null }); input.focus(); });
    }
  }
  for (const details of document.querySelectorAll("details")) details.addEventListener("toggle", () => show(model));
  model.on("frame", () => show(model));
  model.on("msg:custom", save);
  for (const each of window.Bokeh.documents) each.on_event("connection_lost", () => { document.getElementById("notice").textContent = say.gone; });
  show(model);
  return document.createElement("span");
}
