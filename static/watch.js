// Keeps the live region of templates/jinja2/progress.html up to date. Nothing else on the page changes: when the work has
// ended, the region shows a link to the result. Asking does not count as activity, so a user who waits is signed out as
// on any other page: licences/time_out.py.

const SOONEST = 2; // seconds until it first asks; then longer each time, up to LATEST
const LATEST = 30;

const region = document.getElementById("progress");
const bar = region.querySelector("progress");

async function ask() {
  try {
    const answer = await fetch(region.dataset.address, { cache: "no-store", headers: { "X-Polling": "true" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // the server did not answer, so nothing new is known
  }
}

async function look(seconds) {
  const progress = await ask();
  if (progress) show(progress);
  if (!progress?.has_ended) wait(Math.min(seconds * 1.5, LATEST));
}

function show({ text, done, has_ended: hasEnded }) {
  const line = region.querySelector("[data-text]");
  if (line.textContent !== text) line.textContent = text; // only a change is read out
  if (bar) bar.value = hasEnded ? bar.max : done;
  region.querySelector("[data-ended]").hidden = !hasEnded;
}

const wait = (seconds) => setTimeout(look, seconds * 1000, seconds);

wait(SOONEST);
