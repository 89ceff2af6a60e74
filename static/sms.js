// The portal's script. Every page works without it; it makes some of them quicker. It stores nothing in the browser.

const script = document.getElementById("sms-script");
const GROUP = "[data-needed], [data-asked]"; // a form group that depends on other fields: see below

import(script.dataset.govukFrontend).then(({ initAll }) => initAll());
searchByTyping(document.querySelectorAll("select[data-autocomplete]"));
document.querySelectorAll("[data-fill]").forEach(fillFromList);
document.querySelectorAll("[data-copy]").forEach(copyOnClick);
document.querySelectorAll("form").forEach(askWhatIsNeeded);
searchBySlash(document.getElementById("find"));

// Long lists: a select with data-autocomplete becomes an input that searches the list.

async function searchByTyping(selects) {
  if (!selects.length) return;
  await import(script.dataset.autocomplete);
  selects.forEach(makeSearchable);
}

function makeSearchable(select) {
  const describedBy = select.getAttribute("aria-describedby");
  const choices = [...select.options].filter((option) => option.value && !option.hasAttribute("data-typed"));
  const find = (text) => choices.find((option) => option.text.toLowerCase() === text.toLowerCase());

  // What is typed and not in the list is sent as it is, so that the answer can say so and nothing is lost.
  const choose = (text) => {
    const option = find(text) ?? [...select.options].find(({ value }) => value === text) ?? new Option(text, text);
    if (option.selected) return;
    select.add(option);
    option.selected = true;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  };

  window.accessibleAutocomplete.enhanceSelectElement({
    selectElement: select,
    defaultValue: select.selectedOptions[0].text,
    autoselect: false,
    displayMenu: "overlay", // inline, it would move what is below away from under a click
    source: (query, show) => show(matches(choices, query)),
    templates: { inputValue: (label) => label ?? "", suggestion: escaped }, // it takes suggestions for HTML
    onConfirm: (text) => choose(text ?? input.value.trim()),
    tNoResults: () => "No matches in the list",
    tAssistiveHint: () => "Type to search the list. Use the up and down arrow keys to choose a result.",
  });
  const input = select.parentElement.querySelector("input");
  select.form.addEventListener("submit", () => choose(input.value.trim()));
  keepDescribed(input, describedBy);
}

function matches(choices, query) {
  const wanted = plain(query);
  const labels = choices.map((option) => option.text).filter((label) => plain(label).includes(wanted));
  const startsWith = (label) => plain(label).startsWith(wanted);
  return [...labels.filter(startsWith), ...labels.filter((label) => !startsWith(label))];
}

// Case, accents, spaces and signs do not count, as in the keys of the server.
function plain(text) {
  return text.normalize("NFKD").replace(/[^\p{Letter}\p{Number}]/gu, "").toLowerCase();
}

function escaped(text) {
  const element = document.createElement("span");
  element.textContent = text;
  return element.innerHTML;
}

// The component forgets the hint and the error of the select, each time that it draws itself.
function keepDescribed(input, describedBy) {
  if (!describedBy) return;
  const describe = () => {
    const ids = (input.getAttribute("aria-describedby") ?? "").split(" ");
    const missing = describedBy.split(" ").filter((id) => !ids.includes(id));
    if (missing.length) input.setAttribute("aria-describedby", [...missing, ...ids].join(" ").trim());
  };
  new MutationObserver(describe).observe(input, { attributeFilter: ["aria-describedby"] });
  describe();
}

// A button with data-copy puts that text on the clipboard. It is hidden where there is none.

function copyOnClick(button) {
  if (!navigator.clipboard) return;
  const label = button.textContent;
  const status = document.createElement("span");
  status.className = "govuk-visually-hidden";
  status.setAttribute("role", "status");
  button.after(status);
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = status.textContent = "Copied";
    setTimeout(() => {
      button.textContent = label;
      status.textContent = "";
    }, 3000);
  });
}

// The key / puts the cursor into the search box of the header, unless it is typed into something, or switched off.

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

// Fields that depend on others. A form group may carry two conditions, as JSON (cas/needs.py writes them):
//   data-needed  when the field is needed
//   data-asked   when it is shown; if absent, when it is needed. What holds a value or an error is always shown.
// What is left to fill is counted for each [data-section] into [data-section-count], and in all into [data-total-count].

function askWhatIsNeeded(form) {
  if (!form.querySelector(GROUP)) return;
  const update = (event) => {
    const changed = event?.target.closest(GROUP);
    if (changed) changed.dataset.changed = "yes"; // whether it is right now, the server says
    const values = new FormData(form);
    form.querySelectorAll(GROUP).forEach((group) => showOrHide(group, values));
    countWhatIsLeft(form, values);
  };
  form.addEventListener("input", update);
  form.addEventListener("change", update);
  update();
}

function showOrHide(group, values) {
  const needed = JSON.parse(group.dataset.needed ?? "false");
  const asked = JSON.parse(group.dataset.asked ?? group.dataset.needed);
  const isFilled = answers(group, values).some((answer) => answer !== "");
  group.toggleAttribute("data-needed-now", holds(needed, values));
  group.hidden = !(holds(asked, values) || isFilled || group.classList.contains("govuk-form-group--error"));
}

function holds(condition, values) {
  if (typeof condition === "boolean") return condition;
  const [[kind, rest]] = Object.entries(condition);
  switch (kind) {
    case "is":
      return rest[1].includes(value(values, rest[0]));
    case "is_not":
      return !rest[1].includes(value(values, rest[0]));
    case "any_filled":
      return rest.some((name) => ["", "_day", "_month", "_year"].some((part) => value(values, name + part) !== ""));
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

// What the group's own inputs hold: one text for each name, so that radios count as one and a date as three.
function answers(group, values) {
  const inputs = [...group.querySelectorAll("input[name], select[name], textarea[name]")];
  const names = new Set(inputs.filter((input) => input.name && input.closest(GROUP) === group).map(({ name }) => name));
  return [...names].map((name) => value(values, name));
}

function countWhatIsLeft(form, values) {
  const isEmpty = (group) => group.hasAttribute("data-needed-now") && answers(group, values).includes("");
  const isWrong = (group) => group.classList.contains("govuk-form-group--error") && !group.dataset.changed;
  const isLeft = (group) => isEmpty(group) || isWrong(group);
  let total = 0;
  form.querySelectorAll("[data-section]").forEach((section) => {
    const count = [...section.querySelectorAll(GROUP)].filter(isLeft).length;
    total += count;
    write(`[data-section-count="${section.dataset.section}"]`, count);
  });
  write("[data-total-count]", total);
}

function write(selector, count) {
  document.querySelectorAll(selector).forEach((element) => {
    const { none, one, many } = element.dataset;
    const text = [none, one][count] ?? many.replace("{count}", count);
    if (element.textContent !== text) element.textContent = text;
  });
}

// A list of pre-stored values: picking one fills the fields that it names, which stay editable.

function fillFromList(group) {
  const select = group.querySelector("select");
  group.querySelector("button").hidden = true;
  select.addEventListener("change", () => {
    const { lines } = select.selectedOptions[0].dataset;
    Object.entries(JSON.parse(lines ?? "{}")).forEach(([name, line]) => {
      const input = select.form.elements[name];
      input.value = line;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
}
