// A page that waits for something: it looks whether anything is new, and is loaded again when it is. Looking is not
// activity, so that who waits here times out as anywhere else: licences/time_out.py.

const SOONEST = 2; // seconds until it looks first; then ever longer, up to
const LATEST = 30;

const { address, state } = document.getElementById("watch-script").dataset;

async function isAsItWas() {
  try {
    const answer = await fetch(address, { cache: "no-store", headers: { "X-Polling": "true" } });
    return !answer.ok || (await answer.json()).state === state;
  } catch {
    return true; // as far as this page knows
  }
}

async function look(seconds) {
  if (await isAsItWas()) wait(Math.min(seconds * 1.5, LATEST));
  else location.reload();
}

const wait = (seconds) => setTimeout(look, seconds * 1000, seconds);

document.getElementById("watched").hidden = false;
wait(SOONEST);
