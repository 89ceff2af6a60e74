// Reloads a page that waits for something when its state changes. Asking does not count as activity, so a user who
// waits is signed out as on any other page: licences/time_out.py.

const SOONEST = 2; // seconds until it first asks; then longer each time, up to LATEST
const LATEST = 30;

const { address, state } = document.getElementById("watch-script").dataset;

async function isUnchanged() {
  try {
    const answer = await fetch(address, { cache: "no-store", headers: { "X-Polling": "true" } });
    return !answer.ok || (await answer.json()).state === state;
  } catch {
    return true; // the server did not answer, so nothing new is known
  }
}

async function look(seconds) {
  if (await isUnchanged()) wait(Math.min(seconds * 1.5, LATEST));
  else location.reload();
}

const wait = (seconds) => setTimeout(look, seconds * 1000, seconds);

wait(SOONEST);
