import type { Outcome } from '../report.ts'
import { html, type Markup } from './markup.ts'

/** How a gate stands, in words. */
export const stateWords: Readonly<Record<Outcome, string>> = { pass: 'pass', fail: 'fail', unknown: 'unknown' }

/** How a gate stands as a sign that is told apart without colour, too. */
export function stateMark(state: Outcome): Markup {
  return html`<svg class="state ${state}" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="7"/>${strokes[state]}</svg>`
}

const strokes: Readonly<Record<Outcome, Markup>> = {
  pass: html`<path d="M4.8 8.3 7 10.5l4.2-4.8"/>`,
  fail: html`<path d="m5.5 5.5 5 5m0-5-5 5"/>`,
  unknown: html`<path d="M5 8h6"/>`,
}
