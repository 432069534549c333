// The stepper. Every word comes from the data block; what is here decides only what is seen when.
// A step is [kind, words, note, gate, input position, receiving node]. Kinds: s the start, v a gate's value,
// o the output's own gradient, w one wire carries back, a what a fork then has, e the end.
const at = (id) => document.getElementById(id);
const { output, steps, gates, ops } = JSON.parse(await text(at("data")));

// A small circuit's data is JSON as it stands, a large one's is deflated.
async function text({ type, textContent }) {
  if (type === "application/json") return textContent;
  const bytes = Uint8Array.from(atob(textContent), (character) => character.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
}

const PHASES = { s: "start", v: "forward", o: "backward", w: "backward", a: "backward", e: "finished" };
const PAUSE = 2200; // milliseconds: long enough to read a sentence
const last = steps.length - 1;
const svg = document.querySelector("svg.backprop");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const phase = (i) => PHASES[steps[i][0]];

// "backward 7/20: …": each phase counts its own steps.
const first = {}, total = {};
steps.forEach((_, i) => {
  first[phase(i)] ??= i;
  total[phase(i)] = (total[phase(i)] ?? 0) + 1;
});
const counted = (i) => (/ward/.test(phase(i)) ? ` ${i - first[phase(i)] + 1}/${total[phase(i)]}` : "");
const head = (i) => phase(i) + counted(i);
const said = (i) => `${head(i)}: ${steps[i][1]}`;

// At a fork every "+" belongs to the term after it, and "=" to the sum: they come together.
for (const part of svg.querySelectorAll(".gradient tspan ~ tspan")) part.prepend(part.previousSibling);

// The step from which each label is seen; what no step brings comes with the last.
const seen = new Map();
const valueAt = {}, gradientAt = {}; // by node
for (const label of svg.querySelectorAll(".gradient, .gradient tspan")) seen.set(label, last);
const from = (label, i) => label && seen.set(label, Math.min(i, seen.get(label) ?? i));
const until = (label, i) => label && seen.set(label, i); // the last to say so is right
const arrived = {};
steps.forEach(([kind, , , gate, , source], i) => {
  if (kind === "v") from(at(`value-${gate}`), (valueAt[gate] = i));
  if (!"owa".includes(kind)) return;
  gradientAt[source] = i;
  from(at(`grad-${source}`), i);
  if (kind === "a") until(svg.querySelector(`#grad-${source} .sum`), i);
  if (kind !== "w") return;
  // of many terms a picture shows the first two, a sign that there are more, and the last
  const terms = svg.querySelectorAll(`#grad-${source} tspan:not(.sum)`);
  const count = (arrived[source] = (arrived[source] ?? 0) + 1);
  from(terms[Math.min(count, 3) - 1], i);
  if (count > 2) until(terms[3], i);
});

// What a step is about.
function lit([kind, , , gate, position, source]) {
  const inlets = gates[gate]?.[5] ?? [];
  const into = (p) => [`wire-${gate}-${p}`, `stem-${inlets[p]?.[0]}`, `stem-${gate}-${p}`];
  const node = (n) => [`gate-${n}`, `input-${n}`, `stem-${n}`];
  if (kind === "v") return [...node(gate), `value-${gate}`, ...inlets.flatMap((_, p) => into(p))];
  if (kind === "o") return [...node(source), `grad-${source}`];
  if (kind === "w") return [`gate-${gate}`, `stem-${gate}`, ...into(position), `grad-${source}`];
  if (kind === "a") return [...node(source), `fork-${source}`, `grad-${source}`];
  return [];
}

const front = svg.querySelector("[id^=stem-]");
let now = -1, timer = 0, writing = 0;

function go(step, { write = true } = {}) {
  const i = Math.max(0, Math.min(last, step));
  if (i === now) return;
  now = i;
  document.documentElement.dataset.phase = phase(i);
  for (const [label, since] of seen) label.classList.toggle("later", since > i);
  svg.querySelectorAll(".now").forEach((part) => part.classList.remove("now"));
  for (const part of lit(steps[i]).map(at).filter(Boolean)) {
    part.classList.add("now");
    if (part.id.startsWith("wire-")) front.before(part); // over the wires that share its way
  }
  const [, , note, gate, , source] = steps[i];
  at("words").textContent = said(i);
  at("note").textContent = note ?? "";
  at("why").textContent = gates[gate] && !note ? `${gates[gate][0]} · ${ops[gates[gate][0]]}` : "";
  at("slider").value = i;
  at("slider").setAttribute("aria-valuetext", head(i));
  at("count").textContent = `${i} of ${last}`;
  // aria-disabled keeps the keyboard's focus where disabled would drop it
  at("previous").setAttribute("aria-disabled", i === 0);
  at("next").setAttribute("aria-disabled", i === last);
  at("list").querySelector("[aria-current]")?.removeAttribute("aria-current");
  at("list").children[i].firstChild.setAttribute("aria-current", "step");
  if (told) tell(told);
  follow(at(`gate-${source ?? gate}`) ?? at(`input-${source}`) ?? (i ? null : svg.querySelector(".node")), write && !still.matches);
  if (write) {
    clearTimeout(writing); // the address is written once the slider rests
    // An address that the reader changes meanwhile is theirs: its own event will be answered.
    const was = location.hash;
    writing = setTimeout(() => location.hash === was && history.replaceState(null, "", `#step=${now}`), 80);
  }
  if (i === last) play(false);
}

// A picture larger than the window moves with the steps.
function follow(part, smooth) {
  if (!part) return;
  const behavior = smooth ? "smooth" : "auto";
  const box = part.getBoundingClientRect(), frame = at("picture").getBoundingClientRect();
  const top = at("stepper").getBoundingClientRect().bottom;
  if (box.left < frame.left + 40 || box.right > frame.right - 160)
    at("picture").scrollBy({ left: box.left - frame.left - frame.width / 2, behavior });
  if (box.top < top + 20 || box.bottom > innerHeight - 20)
    scrollBy({ top: box.top - (top + innerHeight) / 2, behavior });
}

function play(on) {
  clearInterval(timer);
  timer = on ? setInterval(() => go(now + 1), PAUSE) : 0;
  at("play").textContent = on ? "Pause" : "Play";
}

function toggle() {
  const on = !timer;
  if (on) go(now === last ? 0 : now + 1);
  play(on && now < last);
}

// By hand: whoever takes a step stops the play.
function move(step) {
  play(false);
  go(step);
}

function read() {
  const found = /^#step=(\d+)$/.exec(location.hash);
  if (found) {
    play(false);
    go(Number(found[1]), { write: Number(found[1]) > last });
  } else if (now < 0) go(0, { write: false });
}

// The card beside a gate: by pointer or focus, away by Escape. Numbers come when their step has come.
const tip = at("tip");
let told = null, leaving = 0;

function tell(part) {
  const number = part.id.slice(5);
  const [op, name, formula, value, gradient, inlets] = gates[number];
  const valued = valueAt[number] <= now, sent = (gradientAt[number] ?? last) <= now;
  const line = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
  const slope = ([, input, rule, amount]) =>
    rule ? `∂${name}/∂${input} = ${rule}${valued && rule !== amount ? ` = ${amount}` : ""}` : `${input}: ${amount}`;
  tip.replaceChildren(
    line("b", `${name} = ${formula}${valued ? ` = ${value}` : ""}`),
    ...inlets.map((inlet) => line("span", slope(inlet))),
    ...(gradient && sent ? [line("span", `∂${output}/∂${name} = ${gradient}`)] : []),
    line("em", `${op} · ${ops[op]}`),
  );
  told?.removeAttribute("aria-describedby");
  told = part;
  part.setAttribute("aria-describedby", "tip");
  tip.hidden = false;
  const box = part.getBoundingClientRect(), own = tip.getBoundingClientRect();
  const below = box.bottom + 6 + own.height < innerHeight;
  tip.style.left = `${Math.max(4, Math.min(box.left, innerWidth - own.width - 4))}px`;
  tip.style.top = `${below ? box.bottom + 6 : Math.max(4, box.top - own.height - 6)}px`;
}

function hush() {
  told?.removeAttribute("aria-describedby");
  told = null;
  tip.hidden = true;
}

const linger = () => (leaving = setTimeout(hush, 200)); // time to reach the card with the pointer
const stay = () => clearTimeout(leaving);

function prepare(part) {
  const [, name, formula] = gates[part.id.slice(5)];
  part.setAttribute("tabindex", "0");
  part.setAttribute("role", "button");
  part.setAttribute("aria-label", `${name} = ${formula}`);
  // to the step of this gate, in the half where the reader is
  const visit = () => {
    const gate = Number(part.id.slice(5));
    const back = steps.findIndex((step) => step[0] === "w" && step[3] === gate);
    move(/backward|finished/.test(phase(now)) && back >= 0 ? back : valueAt[gate]);
  };
  const show = () => (stay(), tell(part));
  part.addEventListener("mouseenter", show);
  part.addEventListener("mouseleave", linger);
  part.addEventListener("focus", show);
  part.addEventListener("blur", hush);
  part.addEventListener("click", visit);
  part.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    visit();
  });
}

const KEYS = {
  ArrowRight: () => move(now + 1),
  ArrowLeft: () => move(now - 1),
  Home: () => move(0),
  End: () => move(last),
  Escape: hush,
};

document.addEventListener("keydown", (event) => {
  const busy = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
  // the slider moves itself by the same keys
  if (busy || !(event.key in KEYS) || (event.target.id === "slider" && event.key !== "Escape")) return;
  event.preventDefault();
  KEYS[event.key]();
});
at("previous").addEventListener("click", () => move(now - 1));
at("next").addEventListener("click", () => move(now + 1));
at("play").addEventListener("click", toggle);
at("slider").addEventListener("input", (event) => move(Number(event.target.value)));
tip.addEventListener("mouseenter", stay);
tip.addEventListener("mouseleave", linger);
// the card keeps to its gate, or goes
const scrolled = () => told && (told === document.activeElement ? tell(told) : hush());
addEventListener("scroll", scrolled, { capture: true, passive: true });
addEventListener("hashchange", read);

// A picture of role img would hide its gates from screen readers.
svg.setAttribute("role", "group");
svg.querySelectorAll(".gate").forEach(prepare);
steps.forEach((_, i) => {
  const link = Object.assign(document.createElement("a"), { href: `#step=${i}`, textContent: said(i) });
  at("list").appendChild(document.createElement("li")).append(link);
});
document.documentElement.classList.add("js");
at("stepper").hidden = at("all").hidden = false;
read();
