// The page of an order that is open: it looks whether anything is known, and is loaded again when it is. Looking is not
// activity, so that who waits here times out as anywhere else: licences/time_out.py.

const SOONEST = 2; // seconds until it looks first; then ever longer, up to
const LATEST = 30;

const { status } = document.getElementById("order-script").dataset;

async function isOpen() {
  try {
    const answer = await fetch(status, { cache: "no-store", headers: { "X-Polling": "true" } });
    return !answer.ok || (await answer.json()).status === "OPEN";
  } catch {
    return true; // as far as this page knows
  }
}

async function look(seconds) {
  if (await isOpen()) wait(Math.min(seconds * 1.5, LATEST));
  else location.reload();
}

const wait = (seconds) => setTimeout(look, seconds * 1000, seconds);

document.getElementById("order-watched").hidden = false;
wait(SOONEST);
