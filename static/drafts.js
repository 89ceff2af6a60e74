// Keeps what a user types into a form on the server, in the background: licences/drafts.py. The browser stores nothing.

const PAUSE = 2_000; // milliseconds after the last change
const AGAIN = 10_000; // milliseconds to the next try after a failure, and the longest wait for an answer
const ANSWERS = [200, 401, 410]; // kept; kept, but the user is signed out; too late

document.querySelectorAll("input[data-draft]").forEach(keepWhatIsTyped);

function keepWhatIsTyped(token) {
  const { form } = token;
  const address = token.dataset.draft;
  const say = announcer(form.querySelector("[data-kept]"), address);
  let timer;
  let isChanged = false;
  let isSent = false; // by Save
  let underWay = null;

  const later = (milliseconds) => {
    clearTimeout(timer);
    timer = setTimeout(keep, milliseconds);
  };

  const keep = async (options = {}) => {
    if (!isChanged || isSent) return;
    if (underWay && !options.keepalive) {
      later(PAUSE);
      return;
    }
    clearTimeout(timer);
    isChanged = false;
    underWay?.abort(); // this request contains what the earlier one sent
    const mine = (underWay = new AbortController());
    const tooLong = setTimeout(() => mine.abort(), AGAIN);
    try {
      const headers = { "X-Keep-Draft": "true" };
      const sent = { method: "POST", headers, body: new FormData(form), signal: mine.signal };
      const answer = await fetch(address, { ...sent, ...options });
      if (!ANSWERS.includes(answer.status)) throw new Error(answer.statusText);
      say(answer.status, (await answer.json()).kept);
      if (answer.ok) history.replaceState(history.state, "", address + location.hash); // so that a reload finds it
    } catch {
      if (underWay !== mine || isSent) return;
      isChanged = true;
      say(0);
      later(AGAIN);
    } finally {
      clearTimeout(tooLong);
      if (underWay === mine) underWay = null;
    }
  };

  const change = () => {
    isChanged = true;
    isSent = false;
    later(PAUSE);
  };
  const leave = () => keep({ keepalive: true });
  form.addEventListener("input", change);
  form.addEventListener("change", change);
  document.addEventListener("visibilitychange", () => document.hidden && leave());
  addEventListener("pagehide", leave);
  document.addEventListener("submit", ({ target, submitter, defaultPrevented }) => {
    if (defaultPrevented || (target !== form && submitter?.name !== "discard-draft")) return;
    isSent = true;
    underWay?.abort();
  });
  // The user has gone back to this page: its form may have been saved or changed since.
  addEventListener("pageshow", ({ persisted }) => persisted && location.replace(address));
}

// Writes into the line beside the buttons. A screen reader announces once that texts are kept, and every failure.
function announcer(line, address) {
  const status = document.createElement("span");
  status.className = "govuk-visually-hidden";
  status.setAttribute("role", "status");
  line.after(status);
  let lastCode, lastText;

  return (code, kept) => {
    const text = words(code, kept);
    if (text === lastText) return;
    line.hidden = false;
    line.classList.toggle("sms-kept--failed", code !== 200);
    line.textContent = text;
    if (code === 401) line.append(" ", link("Sign in again", address));
    if (code !== lastCode) status.textContent = code === 200 ? "What you type is kept" : text;
    [lastCode, lastText] = [code, text];
  };
}

function words(code, kept) {
  switch (code) {
    case 200:
      return `Kept ${kept}`;
    case 401:
      return kept ? "You have been signed out. What you typed is kept." : "You have been signed out.";
    case 410:
      return "Not kept: this form was saved in another tab. Copy what you typed, then reload the page.";
    default:
      return "Not kept: the portal is not responding. Trying again.";
  }
}

function link(text, href) {
  const element = document.createElement("a");
  element.className = "govuk-link";
  element.href = href;
  element.textContent = text;
  return element;
}
