// The portal's script. Every page works without it, but some are quicker to use with it. It stores nothing.

const script = document.getElementById("sms-script");
const GROUP = "[data-needed], [data-asked]"; // form groups that depend on other fields: see below

import(script.dataset.govukFrontend)
  .then(({ initAll }) => initAll())
  .then(showLinkedField); // a banner has taken the focus
document.querySelectorAll("select[data-autocomplete]").forEach(searchByTyping);
document.querySelectorAll("[data-fill]").forEach(fillFromList);
document.querySelectorAll("[data-fill-with]").forEach(fillOnClick);
document.querySelectorAll("[data-copy]").forEach(copyOnClick);
document.querySelectorAll("[data-print]").forEach(printOnClick);
document.querySelectorAll("button[aria-disabled=true]").forEach(explainOnClick);
document.querySelectorAll("form").forEach(askWhatIsNeeded);
document.querySelectorAll("[data-selecting]").forEach(selectRows);
showLinkedField();
addEventListener("hashchange", showLinkedField);
searchBySlash(document.getElementById("find"));
document.querySelectorAll("a[data-go]").forEach(goWhereItLeads);

// Long lists: a select with data-autocomplete becomes an input that searches the list. The select stays, hidden, and
// is sent. What searches it is loaded when the input is first focused.

function searchByTyping(select) {
  const hasFocus = document.activeElement === select;
  const input = document.createElement("input");
  const box = document.createElement("div");
  const hint = document.createElement("span");
  input.id = select.id;
  input.value = select.value && select.selectedOptions[0].text;
  input.className = select.className.replaceAll("govuk-select", "govuk-input");
  input.autocomplete = "off";
  input.spellcheck = false;
  input.role = "combobox";
  input.ariaExpanded = "false";
  hint.id = `${input.id}__hint`;
  hint.hidden = true;
  hint.textContent = "Type to search the list. Use the up and down arrow keys to choose a result.";
  const describedBy = [select.getAttribute("aria-describedby"), hint.id].filter(Boolean).join(" ");
  input.setAttribute("aria-describedby", describedBy);
  select.id += "-select";
  select.hidden = true;
  box.className = "sms-combobox";
  box.append(input, hint);
  select.before(box);

  const isOfCountries = select.dataset.autocomplete === "countries";
  const { combobox, countryNames } = script.dataset;
  let isLoading = false;
  const load = async () => {
    isLoading = true;
    const names = isOfCountries ? fetch(countryNames).then((answer) => answer.json()) : {};
    const loaded = await Promise.all([import(combobox), names]);
    loaded[0].attach(input, select, loaded[1]);
  };
  const start = () => {
    const done = () => (isLoading = false); // if it fails, text is sent as typed
    load().then(done, done);
  };
  input.addEventListener("focus", start, { once: true });
  input.addEventListener("keydown", (event) => isLoading && event.key === "Enter" && event.preventDefault());
  input.addEventListener("blur", () => choose(select, input.value.trim()));
  select.form.addEventListener("submit", () => choose(select, input.value.trim()));
  // The script chooses, or fills the list in.
  ["change", "input"].forEach((name) =>
    select.addEventListener(name, () => (input.value = select.value && select.selectedOptions[0].text)),
  );
  if (hasFocus) input.focus();
}

// Gives a list the choice of this label. Another text is sent as typed: the server reads it, or shows it with an error.
function choose(select, text) {
  const isOf = (option) => option.text.toLowerCase() === text.toLowerCase();
  const options = [...select.selectedOptions, ...select.options]; // two choices may have the same label
  let option = options.find(text ? isOf : ({ value }) => !value);
  if (option?.selected) return;
  if (!option) {
    option = new Option(text, text);
    option.dataset.typed = "";
    select.add(option);
  }
  option.selected = true;
  select.dispatchEvent(new Event("change", { bubbles: true }));
}

// A button with data-copy copies that text to the clipboard. It is hidden if the browser has no clipboard.

function copyOnClick(button) {
  button.hidden = !navigator.clipboard;
  const label = button.textContent;
  const status = document.createElement("span");
  status.className = "govuk-visually-hidden";
  status.setAttribute("role", "status");
  button.after(status);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = status.textContent = "Copied";
    setTimeout(() => {
      button.textContent = label;
      status.textContent = "";
    }, 3000);
  });
}

// A button with data-print prints the page.

function printOnClick(button) {
  button.addEventListener("click", () => print());
}

// A button for what is not possible now shows its reason.

function explainOnClick(button) {
  const why = document.getElementById(button.getAttribute("aria-describedby"));
  button.addEventListener("click", () => why?.scrollIntoView({ block: "nearest" }));
}

// A list in which rows can be selected: a form with data-selecting, and in data-total the number of its rows on all pages.
// The box “All” marks the rows of the page, of which some can then be left out. A click with the shift key does to all rows
// from the last one what it does to its own. A link to another page of the list first sends what is selected, which the
// server keeps; data-elsewhere is how many rows of other pages it has kept.

function selectRows(form) {
  const { all, drawn, marked: kept } = form.elements;
  const boxes = [...form.querySelectorAll("tbody input[type=checkbox]")];
  const count = form.querySelector("[data-count]");
  const keep = form.querySelector("[data-keep] button");
  const wasAll = "all" in form.dataset;
  let last = -1;

  const number = () => {
    const elsewhere = wasAll === Boolean(all?.checked) ? Number(form.dataset.elsewhere) : 0;
    const marked = boxes.filter((box) => box.checked).length;
    return all?.checked ? form.dataset.total - (boxes.length - marked) - elsewhere : marked + elsewhere;
  };
  const update = () => {
    const text = number() > 0 ? `${number().toLocaleString("en-GB")} CAS selected` : "";
    if (count.textContent !== text) count.textContent = text;
  };
  const draw = (isAll) => {
    drawn.value = isAll ? "all" : "";
    form.toggleAttribute("data-all", isAll);
  };
  all?.addEventListener("change", () => {
    boxes.forEach((box) => (box.checked = all.checked));
    draw(all.checked);
    update();
  });
  form.addEventListener("click", ({ target, shiftKey }) => {
    const at = boxes.indexOf(target);
    if (at < 0) return;
    const range = shiftKey && last >= 0 ? boxes.slice(Math.min(at, last), Math.max(at, last) + 1) : [];
    range.forEach((box) => (box.checked = target.checked));
    last = at;
    update();
  });
  addEventListener("pageshow", () => {
    if (all?.checked && boxes.some((box) => box.checked)) draw(true); // the browser went back to the page
    update();
  });
  document.querySelectorAll("main .sms-sort, main .govuk-pagination a, main .sms-sizes a").forEach((link) =>
    link.addEventListener("click", (event) => {
      if (link.hash || event.ctrlKey || event.metaKey || event.shiftKey || (number() <= 0 && !kept)) return;
      event.preventDefault();
      keep.value = link.search;
      form.requestSubmit(keep);
    }),
  );
}

// The / key moves to the search box in the header, unless the user is typing into a field or has switched it off.

const TYPED_INTO = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";

function searchBySlash(box) {
  if (!box?.hasAttribute("aria-keyshortcuts")) return;
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest(TYPED_INTO) || event.ctrlKey || event.altKey || event.metaKey;
    if (event.key !== "/" || event.isComposing || isTyping || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}

// A page that is opened to type into one field has a link to it with data-go. With the script, the cursor is there already.
// The page scrolls no further than it must, so that a banner above the field stays in sight.

function goWhereItLeads(link) {
  const field = document.querySelector(link.hash);
  field?.focus({ preventScroll: true });
  field?.scrollIntoView({ block: "nearest" });
}

// Fields that depend on other fields. A form group can have two conditions, as JSON (sms/core/govuk/__init__.py):
//   data-needed  when the field is needed
//   data-asked   when it is shown; if missing, when it is needed. A group with a value or an error is always shown,
//                except that a value in a group with data-cleared is emptied by the server where it is not asked.
// The server marks with data-unasked what is not asked when the page is opened. The style sheet hides it until this script
// takes over, so that the page does not move.
// The number of fields left is written into [data-section-count] for each [data-section], and into [data-total-count].

function askWhatIsNeeded(form) {
  if (!form.querySelector(GROUP)) return;
  const update = (event) => {
    const changed = event?.target.closest(GROUP);
    if (changed) changed.dataset.changed = "yes"; // the server will say whether it is now right
    const values = new FormData(form);
    form.querySelectorAll(GROUP).forEach((group) => showOrHide(group, values));
    countWhatIsLeft(form, values);
  };
  form.addEventListener("input", update);
  form.addEventListener("change", update);
  update();
  form.querySelectorAll("[data-unasked]").forEach((each) => each.removeAttribute("data-unasked"));
}

function showOrHide(group, values) {
  const needed = JSON.parse(group.dataset.needed ?? "false");
  const asked = JSON.parse(group.dataset.asked ?? group.dataset.needed);
  const isFilled = answers(group, values).some((answer) => answer !== "");
  group.toggleAttribute("data-needed-now", holds(needed, values));
  const isKept = isFilled && !("cleared" in group.dataset);
  group.hidden = !(holds(asked, values) || isKept || group.classList.contains("govuk-form-group--error"));
}

function holds(condition, values) {
  if (typeof condition === "boolean") return condition;
  const [[kind, rest]] = Object.entries(condition);
  switch (kind) {
    case "is":
      return rest[1].includes(value(values, rest[0]));
    case "any_filled":
      return rest.some((name) => ["", "_day", "_month", "_year"].some((part) => value(values, name + part) !== ""));
    case "over":
      return Number(value(values, rest[0])) > rest[1];
    case "all":
      return rest.every((one) => holds(one, values));
    case "any":
      return rest.some((one) => holds(one, values));
    default:
      throw new Error(`Unknown condition: ${kind}`);
  }
}

function value(values, name) {
  return (values.get(name) ?? "").trim();
}

function inputsOf(group) {
  const inputs = [...group.querySelectorAll("input[name], select[name], textarea[name]")];
  return inputs.filter((input) => input.name && input.closest(GROUP) === group);
}

// Returns the texts of the group's own inputs, one for each name. So radios count as one, and a date as three.
function answers(group, values) {
  const names = new Set(inputsOf(group).map(({ name }) => name));
  return [...names].map((name) => value(values, name));
}

// Those of the answers that may not be empty: a partial date may lack its day, or its day and month, which come first.
function needed(group, held) {
  return "partial" in group.dataset ? held.slice(held.findIndex((answer) => answer !== "")) : held;
}

function countWhatIsLeft(form, values) {
  const isNoAnswer = ({ dataset }) => (answer) => answer === "" || !new RegExp(dataset.answer ?? "", "u").test(answer);
  const isEmpty = (group) =>
    group.hasAttribute("data-needed-now") && needed(group, answers(group, values)).some(isNoAnswer(group));
  const isWrong = (group) => group.matches(".govuk-form-group--error, [data-wrong] > *") && !group.dataset.changed;
  const isLeft = (group) => isEmpty(group) || isWrong(group);
  let total = 0;
  form.querySelectorAll("[data-section]").forEach((section) => {
    const count = [...section.querySelectorAll(GROUP)].filter(isLeft).length;
    total += count;
    write(`[data-section-count="${section.dataset.section}"]`, count);
    section.querySelectorAll("[data-holds]").forEach((line) => sayWhatIsHeld(line, section));
  });
  write("[data-total-count]", total);
}

// Writes into the line of a folded section what its lists and texts hold.
function sayWhatIsHeld(line, section) {
  const inputs = [...section.querySelectorAll(GROUP)].flatMap(inputsOf).filter(({ type }) => type !== "radio");
  const texts = inputs.map((input) => (input.value && input.selectedOptions?.[0].text) || input.value);
  line.textContent = texts.filter((text) => text.trim()).join(", ") || line.dataset.none;
}

function write(selector, count) {
  document.querySelectorAll(selector).forEach((element) => {
    const { none, one, many } = element.dataset;
    const text = [none, one][count] ?? many.replace("{count}", count);
    if (element.textContent !== text) element.textContent = text;
  });
}

// A link to a field lands with its question in sight and the focus in the field, even after other fields were hidden.
// If the page has a summary of errors, that has the focus.

function showLinkedField() {
  const field = document.getElementById(location.hash.slice(1));
  if (!field?.closest(GROUP) || document.querySelector(".govuk-error-summary")) return;
  field.closest("details")?.setAttribute("open", "");
  field.focus({ preventScroll: true });
  field.scrollIntoView();
}

// A list of pre-stored values. Choosing one fills its fields, which can still be edited.

function fillIn(input, text) {
  if (!input) return; // a list without a choice is not on the page
  const radios = input instanceof RadioNodeList ? [...input] : [];
  input.value = text;
  radios.filter((radio) => text === "").forEach((radio) => (radio.checked = false));
  (radios[0] ?? input).dispatchEvent(new Event("input", { bubbles: true }));
}

// Returns the texts by name of an input. The page contains those of short lists; the server knows those of the others.
async function textsOf({ dataset }) {
  return dataset.typedAt ? (await fetch(dataset.typedAt)).json() : JSON.parse(dataset.typed ?? "{}");
}

function fillAll({ elements }, texts, except = new Set()) {
  Object.entries(texts).forEach(([name, text]) => except.has(groupOf(elements[name])) || fillIn(elements[name], text));
}

function groupOf(input) {
  const one = input instanceof RadioNodeList ? input[0] : input;
  return one?.closest(GROUP) ?? one;
}

function fillOnClick(button) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    fillAll(button.form, JSON.parse(button.dataset.fillWith));
  });
}

function fillFromList(group) {
  const select = group.querySelector("select");
  const button = group.querySelector("button");
  select.addEventListener("change", async () => {
    const { form } = select;
    const option = select.selectedOptions[0];
    const changed = new Set(); // while the server answers: what the user types after the choice stays
    const note = ({ target }) => changed.add(groupOf(target));
    ["input", "change"].forEach((name) => form.addEventListener(name, note));
    const texts = await textsOf(option).catch(() => {
      button.classList.remove("sms-without-script"); // it asks the server again
      return {};
    });
    ["input", "change"].forEach((name) => form.removeEventListener(name, note));
    if (option === select.selectedOptions[0]) fillAll(form, texts, changed); // the user has chosen no other meanwhile
  });
}
