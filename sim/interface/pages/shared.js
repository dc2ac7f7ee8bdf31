// What the scripts of all pages use.
"use strict";
const TICKS = 5;

function make(name, attributes = {}, ...inside) {
  const svg = ["svg", "g", "line", "path", "rect", "text", "circle"].includes(name);
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
}

function fill(text, parts) { return text.replace(/\{(\w+)\}/g, (blank, key) => (key in parts ? parts[key] : blank)); }

function rungs(low, high) {
  const rough = (high - low || 1) / TICKS, ten = 10 ** Math.floor(Math.log10(rough));
  const step = ten * [1, 2, 2.5, 5, 10].find((size) => size * ten >= rough);
  const bottom = Math.floor(low / step) * step, top = Math.ceil(high / step) * step;
  const ticks = [];
  for (let at = 0; bottom + at * step <= top + step / 2; at++) ticks.push(bottom + at * step);
  return { bottom, top, ticks };
}

