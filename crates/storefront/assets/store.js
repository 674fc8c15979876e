// Every page works without this script. It adds a running total, copy buttons and live pages.
(() => {
  "use strict";
  const said = document.querySelector("[data-said]");
  const say = (text) => {
    if (said) said.textContent = text;
  };

  // Amounts are integers of the currency's smallest unit; a float would misprice large orders.
  const decimal = (minor, exponent) => {
    const digits = minor.toString().padStart(exponent + 1, "0");
    const point = digits.length - exponent;
    return exponent ? `${digits.slice(0, point)}.${digits.slice(point)}` : digits;
  };

  const total = (form) => {
    const out = form.querySelector("[data-total-out]");
    const units = form.querySelector("input[name=units]")?.value.trim();
    if (!out || units === undefined) return;
    const { priceMinor, exponent, currency } = form.dataset;
    out.textContent = /^\d{1,18}$/.test(units)
      ? `${decimal(BigInt(priceMinor) * BigInt(units), Number(exponent))} ${currency}`
      : "–";
  };

  const copy = async (button) => {
    const source = document.querySelector(button.dataset.copy);
    if (!source) return;
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
    } catch {
      getSelection().selectAllChildren(source);
      say("Selected: copy it with the keyboard");
      return;
    }
    say("Copied");
    const label = (button.dataset.label ??= button.textContent);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = label), 2000);
  };

  // Also called on what a live page brings in.
  const wake = (root) => {
    for (const button of root.querySelectorAll("button[data-copy]")) button.hidden = false;
    for (const form of root.querySelectorAll("form[data-total]")) {
      for (const button of form.querySelectorAll("[data-noscript]")) button.hidden = true;
      total(form);
    }
  };

  const follow = async (part) => {
    const path = part.dataset.live;
    let pause = 1000;
    try {
      const answer = document.hidden ? null : await fetch(path);
      if (answer?.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById(part.id);
        if (!fresh) return;
        wake(fresh);
        if (fresh.innerHTML !== part.innerHTML) part.replaceChildren(...fresh.childNodes);
        if (!fresh.dataset.live) {
          part.removeAttribute("data-live");
          return say("This page has changed");
        }
      } else if (answer) pause = 5000;
    } catch {
      pause = 5000;
    }
    setTimeout(follow, pause, part);
  };

  document.addEventListener("input", ({ target }) => {
    const form = target.closest("form[data-total]");
    if (form) total(form);
  });
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-copy]");
    if (button) copy(button);
  });
  // A second click on a button that sends a form is not meant.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 3000);
  });
  wake(document);
  for (const part of document.querySelectorAll("[data-live][id]")) setTimeout(follow, 1000, part);
})();
