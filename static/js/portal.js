// Comfort only: every page works without this. It counts characters, shows a password, moves to
// the error summary, and stops a second press of a button.
//
// Radios and file boxes are left as the browser has them. What a radio reveals is shown by the style
// sheet (NHS.UK's script gives radios an `aria-expanded` that ARIA does not allow them), and NHS.UK's
// file box hides its own label from speech control.

import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  PasswordInput,
  SkipLink,
  createAll,
} from "../nhsuk/nhsuk-frontend.min.js";

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("nhsuk-frontend-supported");
}

for (const component of [
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  PasswordInput,
  SkipLink,
]) {
  createAll(component);
}
