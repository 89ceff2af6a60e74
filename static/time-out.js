// Warns before the time-out: licences/time_out.py. It asks the server first, because the user may be active in another
// tab. Asking does not count as activity.

const dialog = document.getElementById("time-out");
const { session, warned } = dialog.dataset;
const LAST_CALL = 20; // seconds before the end
const ASK = 10; // seconds between two requests while the dialog is open

let endsAt = Date.now() + dialog.dataset.left * 1000;
let timer;
let isClosing = false; // by the script, because the user was active elsewhere
let isFinal = "final" in dialog.dataset; // the user must sign in again soon
let isRead = false; // the user has closed the last warning

const left = () => Math.ceil((endsAt - Date.now()) / 1000);

const wait = () => {
  clearTimeout(timer);
  timer = setTimeout(look, Math.max(0, left() - warned) * 1000);
};

// Asks the server how much time is left. Returns whether it answered; otherwise the time known so far stays.
async function ask(options = {}) {
  try {
    const answer = await fetch(session, { cache: "no-store", ...options });
    if (!answer.ok) return false;
    const found = await answer.json();
    endsAt = Date.now() + found.seconds * 1000;
    isFinal = found.final === true;
    return true;
  } catch {
    return false;
  }
}

async function look() {
  const isKnown = await ask({ headers: { "X-Polling": "true" } });
  if (left() > warned) {
    if (dialog.open) {
      isClosing = true;
      dialog.close();
    }
    wait();
  } else if (left() > 0) {
    warn();
  } else if (isKnown) {
    // drafts.js keeps the texts as the page is left. The sign-in page leads back here.
    location.replace(location.pathname + location.search);
  } else {
    timer = setTimeout(look, ASK * 1000);
  }
}

function warn() {
  if (isFinal && isRead) {
    timer = setTimeout(look, left() * 1000);
    return;
  }
  if (!dialog.open) {
    for (const part of dialog.querySelectorAll("[data-if-final]")) part.hidden = !isFinal;
    for (const part of dialog.querySelectorAll("[data-unless-final]")) part.hidden = isFinal;
    const stays = dialog.querySelector("[data-stay]");
    if (isFinal) stays.textContent = stays.dataset.textIfFinal;
    write("[data-ends-at]", timeOfDay(new Date(endsAt)));
    write("[data-last-call]", "");
    dialog.showModal();
  }
  countDown();
}

function countDown() {
  clearTimeout(timer);
  if (!dialog.open) return;
  const seconds = Math.max(0, left());
  write("[data-time-left]", `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
  if (seconds <= LAST_CALL) write("[data-last-call]", `You will be signed out in ${LAST_CALL} seconds.`);
  timer = setTimeout(seconds % ASK === 0 ? look : countDown, 1000);
}

// Returns a time such as 2:10pm.
function timeOfDay(moment) {
  const hour = moment.getHours();
  return `${hour % 12 || 12}:${String(moment.getMinutes()).padStart(2, "0")}${hour < 12 ? "am" : "pm"}`;
}

function write(selector, text) {
  const element = dialog.querySelector(selector);
  if (element.textContent !== text) element.textContent = text;
}

async function stay() {
  isRead = isFinal;
  const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
  await ask({ method: "POST", headers: { "X-CSRFToken": token } });
  wait();
}

// The user can close it with a button, with a click outside it, or with Escape.
dialog.addEventListener("close", () => {
  if (!isClosing) stay();
  isClosing = false;
});
dialog.addEventListener("click", ({ target }) => {
  if (target === dialog || target.closest("[data-stay]")) dialog.close();
});
dialog.querySelector("[data-sign-out]").addEventListener("click", ({ target }) => {
  document.querySelector(`form[action="${target.dataset.signOut}"]`).requestSubmit();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && left() <= warned) look();
});
addEventListener("pageshow", ({ persisted }) => persisted && look());

wait();
