// Shows what was computed before: every number on the page stands in the data. State lives in the address.
const data = JSON.parse(document.getElementById("data").textContent);
const say = data.say, letters = ["A", "B"], weeks = data.weeks;
const levers = data.factors.filter((factor) => factor.role === "lever");
const unknowns = data.factors.filter((factor) => factor.role !== "lever");
const box = { left: 66, right: 508, top: 10, bottom: 282 };
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const PLAY_MS = 2500, REST_MS = 250;
const STEPS = 250;  // heights of a bet, as the address tells them

// ---------------------------------------------------------------------------------------------------------- state

const state = { A: [], B: [], market: [], metric: 0, shown: false, more: "", bets: { A: [], B: [] }, played: 1 };

function middle(factor) { return Math.floor((factor.values.length - 1) / 2); }

function read() {
  const words = new URLSearchParams(location.hash.slice(1));
  const places = (key, factors, first) => {
    const typed = (words.get(key) || "").split(".");
    return factors.map((factor, at) => {
      const place = Number(typed[at]);
      return typed[at] && Number.isInteger(place) && place >= 0 && place < factor.values.length ? place : first(factor);
    });
  };
  const first = (end) => (factor) => (factor === levers[0] ? end(factor) : middle(factor));  // one difference to begin with
  state.A = places("a", levers, first(() => 0));
  state.B = places("b", levers, first((factor) => factor.values.length - 1));
  state.market = places("w", unknowns, middle);
  state.metric = Math.max(0, data.metrics.findIndex((metric) => metric.id === words.get("m")));
  state.shown = words.get("shown") === "1";
  state.more = ["A", "B", "="].includes(words.get("more")) ? words.get("more") : "";
  for (const letter of letters) {
    const steps = (words.get("bet" + letter) || "").split(".").map((step) => (step ? Number(step) : NaN));
    const good = steps.length === weeks.length && steps.every((step) => Number.isInteger(step) && step >= 0 && step <= STEPS);
    state.bets[letter] = good ? steps.map(height) : [];
  }
}

function write() {
  const words = new URLSearchParams({ a: state.A.join("."), b: state.B.join("."), m: data.metrics[state.metric].id });
  if (unknowns.length) words.set("w", state.market.join("."));
  if (state.shown) words.set("shown", "1");
  if (state.more) words.set("more", state.more);
  for (const letter of letters) if (state.bets[letter].length) words.set("bet" + letter, state.bets[letter].map(step).join("."));
  history.replaceState(null, "", "#" + words);
}

// A bet has one of so many heights, so that the address can tell it.
function step(value) {
  const { bottom, top } = scale();
  return Math.round((STEPS * Math.min(Math.max(value - bottom, 0), top - bottom)) / (top - bottom));
}

function height(step) {
  const { bottom, top } = scale();
  return bottom + ((top - bottom) * step) / STEPS;
}

// Browsers refuse an address that changes with every frame, so it is written when the hand rests.
let rest = 0;
function write_soon() { clearTimeout(rest); rest = setTimeout(write, REST_MS); }

// ------------------------------------------------------------------------------------------------------------ data

function point(letter) {
  let lever = 0, unknown = 0;
  const key = data.factors.map((factor) => (factor.role === "lever" ? state[letter][lever++] : state.market[unknown++]));
  return data.points[key.join(".")];
}

function curve(letter) { return data.curves[state.metric][point(letter)]; }

function number(value) {
  if (value === null) return say.undefined;
  const metric = data.metrics[state.metric], per_cent = metric.per_cent ? 100 : 1;
  return new Intl.NumberFormat(data.language, { maximumSignificantDigits: 4 }).format(value * per_cent);
}

function amount([value, low, high], blank = data.metrics[state.metric].told) {
  if (value === null) return say.undefined;
  const told = fill(blank, { value: number(value) });
  if (low === null || high === null) return told;
  return fill(say.amount, { value: told, range: fill(say.range, { low: number(low), high: number(high) }) });
}

function scale() {
  const { low, high } = data.metrics[state.metric];
  return rungs(low, high);
}

function across(at) { return box.left + ((box.right - box.left) * at) / (weeks.length - 1); }

function up(value, { bottom, top }) {
  return box.bottom - ((box.bottom - box.top) * (value - bottom)) / (top - bottom);
}

// --------------------------------------------------------------------------------------------------------- drawing

function path(values, range) {
  let text = "", pen = "M";
  values.forEach((value, at) => {
    if (value === null || value === undefined) { pen = "M"; return; }
    text += `${pen}${across(at).toFixed(1)} ${up(value, range).toFixed(2)}`;
    pen = "L";
  });
  return text;
}

function area(low, high, range) {
  const known = low.map((_, at) => at).filter((at) => low[at] !== null && high[at] !== null);
  const place = (values) => (at) => `${across(at).toFixed(1)} ${up(values[at], range).toFixed(2)}`;
  return known.length ? `M${known.map(place(low)).join("L")}L${known.reverse().map(place(high)).join("L")}Z` : "";
}

function draw(letter) {
  const room = document.getElementById("business-" + letter), metric = data.metrics[state.metric], range = scale();
  const [mean, low, high] = curve(letter);
  const axes = range.ticks.map((value) => make("g", { class: "tick", "data-value": value },
    make("line", { class: value === 0 ? "zero" : "grid", x1: box.left, x2: box.right, y1: up(value, range), y2: up(value, range) }),
    make("text", { x: box.left - 6, y: up(value, range) + 4, "text-anchor": "end" }, number(value))));
  const years = data.ticks.map(([week, text]) => make("text", { x: across(weeks.findIndex((each) => each >= week)), y: box.bottom + 18, "text-anchor": "middle" }, text));
  years.push(make("text", { x: (box.left + box.right) / 2, y: box.bottom + 35, "text-anchor": "middle" }, data.time));
  const seen = [];
  if (state.shown) {
    const until = Math.max(1, Math.round(state.played * weeks.length));
    const part = (values) => values.slice(0, until);
    seen.push(make("path", { class: "band", d: area(part(low), part(high), range) }));
    seen.push(make("path", { class: "mean", d: path(part(mean), range) }));
  } else if (mean[0] !== null) {
    seen.push(make("circle", { class: "start", cx: across(0), cy: up(mean[0], range), r: 5 }));
  }
  seen.push(make("path", { class: "bet", d: path(state.bets[letter], range) }));
  const chart = room.querySelector("svg");
  chart.replaceChildren(...axes, ...years, ...seen);
  chart.setAttribute("aria-label", `${fill(say.business, { letter })}: ${metric.title}`);
  room.querySelector(".chart-title").textContent = metric.title;
  const done = state.shown && state.played === 1;
  room.querySelector(".result").textContent = done ? result(letter) : "";
  room.querySelector(".wide").replaceChildren(table(letter));
}

function result(letter) {
  const [mean, low, high] = curve(letter), last = weeks.length - 1;
  const now = amount([mean[last], low[last], high[last]], data.metrics[state.metric].told_now);
  const told = [fill(say.end, { weeks: weeks[0], amount: now })];
  const whole = data.whole[state.metric][point(letter)];
  if (data.metrics[state.metric].flow) told.push(fill(say.whole, { amount: amount(whole) }));
  const bet = state.bets[letter].at(-1);
  if (bet !== undefined && low[last] !== null) told.push(bet < low[last] ? say.below : bet > high[last] ? say.above : say.inside);
  return told.join(say.gap);
}

function table(letter) {
  const heads = [say.week, say.mean, say.low, say.high].map((text) => make("th", { scope: "col" }, text));
  const columns = curve(letter);
  const rows = weeks.map((week, at) => make("tr", {}, make("td", {}, String(week)),
    ...columns.map((values) => make("td", {}, number(values[at])))));
  return make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows));
}

function turned([mean, low, high]) { return [-mean, -high, -low]; }

function verdict() {
  if (!state.shown || state.played < 1) return "";
  const [a, b] = letters.map(point);
  if (a === b) return say.same;
  const found = data.apart[state.metric][data.couples[a < b ? `${a}.${b}` : `${b}.${a}`]];
  if (found.includes(null)) return say.untold;
  const mine = a < b ? found : turned(found);  // A less B
  const { period } = data.metrics[state.metric];
  const ahead = mine[1] > 0 ? "A" : mine[2] < 0 ? "B" : "=";
  const told = ahead === "=" ? fill(say.unclear, { period, amount: amount(mine) })
    : fill(say.ahead, { period, letter: ahead, amount: amount(ahead === "A" ? mine : turned(mine)) });
  return state.more ? told + say.gap + (state.more === ahead ? say.right : say.wrong) : told;
}

function show() {
  document.body.classList.toggle("shown", state.shown);
  letters.forEach(draw);
  document.getElementById("verdict").textContent = verdict();
  for (const input of document.querySelectorAll("[data-show]")) input.value = state.bets[input.dataset.show].at(-1) ?? scale().bottom;
  write_soon();
}

// ---------------------------------------------------------------------------------------------------------- controls

function slider(factor, get, set) {
  const output = make("output", {}, factor.texts[get()]);
  const id = `slider-${document.querySelectorAll(".slider").length}`;  // an output takes a label for its own
  const input = make("input", { id, type: "range", min: 0, max: factor.values.length - 1, step: 1, "data-factor": factor.path });
  const label = make("label", { class: "slider", for: id }, factor.label, output, input);
  const tell = () => { output.textContent = factor.texts[get()]; input.setAttribute("aria-valuetext", factor.texts[get()]); };
  input.value = get();
  tell();
  input.addEventListener("input", () => { set(Number(input.value)); tell(); show(); });
  return label;
}

function choices(room, name, options, get, set) {
  for (const [value, text] of options) {
    const input = make("input", { type: "radio", name, value });
    input.checked = get() === value;
    input.addEventListener("change", () => { set(value); show(); });
    room.append(make("label", {}, input, " " + text));
  }
}

function controls() {
  for (const room of document.querySelectorAll("#market .slider, .levers .slider, #metrics label, #more label, .my-bet label")) room.remove();
  choices(document.getElementById("metrics"), "metric", data.metrics.map((metric, at) => [at, metric.label]), () => state.metric,
    (at) => { state.metric = at; forget(); controls(); });
  choices(document.getElementById("more"), "more", [["A", "A"], ["B", "B"], ["=", say.alike]], () => state.more,
    (value) => { state.more = value; });
  document.querySelector("#more legend").textContent = fill(say.more, { period: data.metrics[state.metric].period });
  const market = document.getElementById("market");
  market.hidden = !unknowns.length;
  unknowns.forEach((factor, at) => market.append(slider(factor, () => state.market[at], (place) => { state.market[at] = place; })));
  for (const letter of letters) {
    const room = document.getElementById("business-" + letter), { bottom, top } = scale();
    levers.forEach((factor, at) => room.querySelector(".levers").append(
      slider(factor, () => state[letter][at], (place) => { state[letter][at] = place; })));
    const bet = make("input", { type: "range", min: bottom, max: top, step: (top - bottom) / 100, "data-show": letter });
    bet.addEventListener("input", () => { state.bets[letter] = straight(letter, Number(bet.value)); show(); });
    room.querySelector(".my-bet").append(make("label", { class: "slider" }, say.bet, bet));
  }
}

// ----------------------------------------------------------------------------------------------------------- betting

function straight(letter, end) {
  const first = curve(letter)[0][0] ?? 0;
  return weeks.map((_, at) => height(step(first + ((end - first) * at) / (weeks.length - 1))));
}

function forget() { state.bets = { A: [], B: [] }; state.more = ""; }

function drawn(letter) {
  const chart = document.querySelector(`#business-${letter} svg`);
  let before = null;
  const place = (event) => {
    const corner = new DOMPoint(event.clientX, event.clientY).matrixTransform(chart.getScreenCTM().inverse());
    const { bottom, top } = scale();
    const at = Math.round(((corner.x - box.left) / (box.right - box.left)) * (weeks.length - 1));
    const value = bottom + ((box.bottom - corner.y) / (box.bottom - box.top)) * (top - bottom);
    return [Math.min(Math.max(at, 0), weeks.length - 1), Math.min(Math.max(value, bottom), top)];
  };
  const pen = (event) => {
    const [at, value] = place(event), bet = state.bets[letter];
    if (!bet.length) state.bets[letter] = straight(letter, value);
    const [from, was] = before ?? [at, value], way = Math.abs(at - from) || 1;
    for (let part = 0; part <= way; part++) {
      state.bets[letter][from + Math.round(((at - from) * part) / way)] = height(step(was + ((value - was) * part) / way));
    }
    before = [at, value];
    show();
  };
  chart.addEventListener("pointerdown", (event) => { if (!state.shown) { chart.setPointerCapture(event.pointerId); pen(event); } });
  chart.addEventListener("pointermove", (event) => { if (!state.shown && before) pen(event); });
  for (const end of ["pointerup", "pointercancel"]) chart.addEventListener(end, () => { before = null; });
}

function play() {
  state.shown = true;
  const begun = performance.now();
  const step = (now) => {
    state.played = calm.matches ? 1 : Math.min(1, Math.max(0, now - begun) / PLAY_MS);
    show();
    if (state.played < 1) requestAnimationFrame(step);
  };
  step(begun);
}

document.getElementById("play").addEventListener("click", play);
document.getElementById("skip").addEventListener("click", () => { state.shown = true; state.played = 1; show(); });
document.getElementById("again").addEventListener("click", () => { state.shown = false; state.played = 1; forget(); show(); });
window.addEventListener("hashchange", () => { read(); controls(); show(); });
read();
letters.forEach(drawn);
controls();
show();
