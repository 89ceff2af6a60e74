// A box that searches a long list by typing: the combobox of the WAI-ARIA patterns, with a list of what matches.
// sms.js puts `input` in the place of `select`, which holds the value, and loads this when the input is first focused.

const PAUSE = 500; // milliseconds after the last key, before a screen reader says how many match
const NONE = "No matches in the list";

// `names` has more names of the choices by their values, as keys with spaces between them.
export function attach(input, select, names) {
  const isChoice = (option) => option.value && !option.hasAttribute("data-typed");
  const choices = [...select.options].filter(isChoice).map((option) => searchable(option, names[option.value]));
  const list = document.createElement("ul");
  const status = document.createElement("div");
  list.id = `${input.id}__listbox`;
  list.className = "sms-combobox__list";
  list.role = "listbox";
  list.ariaLabel = "Results";
  list.hidden = true;
  status.className = "govuk-visually-hidden";
  status.role = "status";
  input.setAttribute("aria-controls", list.id);
  input.ariaAutoComplete = "list";
  input.after(list, status);

  let found = []; // what the list shows
  let active = -1; // the line that the arrow keys are on
  let timer;

  const close = () => {
    clearTimeout(timer);
    status.textContent = "";
    list.hidden = true;
    input.ariaExpanded = "false";
    activate(-1);
  };
  const open = () => {
    found = matches(choices, input.value);
    list.replaceChildren(...(found.length ? found.map(({ option }) => line(option.text)) : [line(NONE)]));
    if (!found.length) list.firstChild.ariaDisabled = "true";
    list.hidden = false;
    input.ariaExpanded = "true";
    activate(-1);
    const only = onlyOne(found);
    if (only) list.children[found.indexOf(only)].classList.add("sms-combobox__option--only");
    clearTimeout(timer);
    timer = setTimeout(() => (status.textContent = counted(found, only)), PAUSE);
  };
  const line = (text) => {
    const option = document.createElement("li");
    option.role = "option";
    option.className = "sms-combobox__option";
    option.textContent = text;
    return option;
  };
  const activate = (index) => {
    active = index;
    [...list.children].forEach((option, at) => {
      option.id = `${list.id}-${at}`;
      option.ariaSelected = String(at === index);
    });
    if (index < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[index].id);
    return list.children[index].scrollIntoView({ block: "nearest" });
  };
  const take = (choice) => {
    close();
    if (!choice) return;
    choice.option.selected = true;
    select.dispatchEvent(new Event("change", { bubbles: true })); // also writes its label into the input
  };
  const move = (event, step) => {
    event.preventDefault();
    if (list.hidden) open();
    if (found.length) activate((active + step + (active < 0 && step < 0) + found.length) % found.length);
  };

  input.addEventListener("input", () => (input.value.trim() ? open() : close()));
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") move(event, 1);
    if (event.key === "ArrowUp") move(event, -1);
    if (list.hidden) return;
    if (event.key === "Enter" || event.key === "Escape") event.preventDefault();
    if (event.key === "Escape") close();
    const chosen = found[active] ?? onlyOne(found);
    if (event.key === "Tab" || (event.key === "Enter" && chosen)) take(chosen);
  });
  const settle = () => {
    const exact = matches(choices, input.value).filter(({ rank }) => rank === 0);
    if (exact.length === 1 && !exact[0].option.selected) take(exact[0]);
    close();
  };
  input.addEventListener("blur", settle); // after that of sms.js, which keeps any text
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the input
  list.addEventListener("click", ({ target }) => take(found[[...list.children].indexOf(target)]));
  if (document.activeElement !== input) settle(); // the user was quicker than the network
  else if (input.value.trim() && input.value !== select.selectedOptions[0]?.text) open();
}

function searchable(option, names) {
  return { option, label: plain(option.text), keys: [key(option.text), ...(names ? names.split(" ") : [])] };
}

// Returns the choices that fit a text, the best first: a name, the beginning of the label or of a name, part of the label.
function matches(choices, text) {
  const [letters, name] = [plain(text), key(text)];
  const rank = ({ label, keys }) => {
    if (keys.includes(name)) return 0;
    if (label.startsWith(letters)) return 1;
    if (name.length > 2 && keys.some((other) => other.startsWith(name))) return 2;
    return label.includes(letters) ? 3 : 4;
  };
  const ranked = choices.map((choice) => ({ ...choice, rank: rank(choice) })).filter((choice) => choice.rank < 4);
  return ranked.sort((one, other) => one.rank - other.rank);
}

// Returns the choice that Tab or Enter takes: the only one that has this name, or else the only one that fits.
function onlyOne(found) {
  const exact = found.filter(({ rank }) => rank === 0);
  const fitting = exact.length ? exact : found;
  return fitting.length === 1 ? fitting[0] : undefined;
}

function counted(found, only) {
  if (!found.length) return NONE;
  const number = found.length === 1 ? "1 match" : `${found.length} matches`;
  return only ? `${number}. Press Tab or Enter to choose ${only.option.text}` : number;
}

// Keys of names, as cas/details/country_names.py makes them.

const LETTERS = { æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", ł: "l", ə: "e", ı: "i", ß: "ss", þ: "th", ς: "σ" };

export function key(text) {
  const words = folded(text).split(/[\s,./()&-]+/).map(plain).filter(Boolean);
  const long = words.filter((word) => !["and", "of", "the"].includes(word));
  const kept = long.length ? long : words;
  return (kept.length > 1 && kept[0] === "st" ? ["saint", ...kept.slice(1)] : kept).join("");
}

function plain(text) {
  return folded(text).replace(/[^\p{Letter}\p{Mark}\p{Number}]/gu, "");
}

function folded(text) {
  const base = text.toLowerCase().normalize("NFKD").replace(/[\u02b0-\u036f]/g, "");
  return base.replace(/[æœøđðłəıßþς]/g, (letter) => LETTERS[letter]).normalize("NFC");
}
