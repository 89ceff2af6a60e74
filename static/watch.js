// Keeps the live region of templates/jinja2/progress.html up to date. When the work has ended, the region shows a link to
// the result, the heading says so, and what applied only until then is hidden. All keep their room, so that the page does
// not move. Asking does not count as activity, so a user who waits is signed out as on any other page: licences/time_out.py.

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

function show({ text, done, heading, has_ended: hasEnded }) {
  const line = region.querySelector("[data-text]");
  if (line.textContent !== text) line.textContent = text; // only a change is read out
  if (bar) bar.value = hasEnded ? bar.max : done;
  if (hasEnded) end(heading);
}

function end(heading) {
  const result = region.querySelector("[data-ended]");
  result.classList.remove("sms-unseen");
  document.querySelectorAll("[data-while-working]").forEach((part) => {
    if (part.contains(document.activeElement)) result.querySelector("a").focus({ preventScroll: true });
    part.classList.add("sms-unseen");
  });
  const title = document.querySelector("h1");
  document.title = document.title.replace(title.textContent, () => heading);
  title.textContent = heading;
}

const wait = (seconds) => setTimeout(look, seconds * 1000, seconds);

wait(SOONEST);
