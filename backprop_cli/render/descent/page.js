// A frame is [title, lines, where it begins, where it leads to]; a place is x and y on each chart.
const at = (id) => document.getElementById(id);
const { frames } = JSON.parse(await text(at("data")));
const PAUSE = 500; // milliseconds
const slider = at("slider"), charts = ["curve", "way"];
let playing = 0;

// A short descent's data is JSON as it stands, a long one's is deflated.
async function text({ type, textContent }) {
  if (type === "application/json") return textContent;
  const bytes = Uint8Array.from(atob(textContent), (character) => character.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
}

function put(name, place) {
  charts.forEach((chart, i) => {
    const circle = at(`${chart}-${name}`);
    circle?.setAttribute("cx", place[2 * i] ?? -9);
    circle?.setAttribute("cy", place[2 * i + 1] ?? -9);
  });
}

function show(number) {
  const [title, lines, here, next] = frames[number];
  slider.value = number;
  slider.setAttribute("aria-valuetext", title);
  at("count").textContent = title;
  at("numbers").textContent = lines.join("\n");
  put("here", here);
  put("next", next);
}

function move(by) {
  const number = Math.min(frames.length - 1, Math.max(0, +slider.value + by));
  show(number);
  if (number === frames.length - 1) stop();
}

function stop() {
  clearInterval(playing);
  playing = 0;
  at("play").textContent = "Play";
}

function play() {
  if (playing) return stop();
  if (+slider.value === frames.length - 1) show(0);
  at("play").textContent = "Stop";
  playing = setInterval(move, PAUSE, 1);
}

at("previous").onclick = () => { stop(); move(-1); };
at("next").onclick = () => { stop(); move(1); };
at("play").onclick = play;
slider.oninput = () => { stop(); show(+slider.value); };
at("stepper").hidden = false;
show(0);
