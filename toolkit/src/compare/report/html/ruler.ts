import { atMostText, shareText } from '../figures.ts'
import { html, type Markup } from './markup.ts'
import { rulerAt, rulerMarks } from './scale.ts'

/** What a ruler shows: what was seen, and the most that the truth may be. */
export interface Measured {
  readonly compared: number
  readonly mismatched: number
  readonly atMostShare: number | undefined
  /** The share that a gate wants; undefined where none does. */
  readonly wantedShare?: number | undefined
}

/** A mark at the share that was seen, a whisker to its upper bound, and the line that is not to be crossed. */
export function ruler({ compared, mismatched, atMostShare, wantedShare }: Measured): Markup {
  const wanted = wantedShare === undefined ? undefined : rulerAt(wantedShare)
  if (compared === 0 || atMostShare === undefined)
    return html`<svg class="ruler" aria-hidden="true">${grid}${limit(wanted)}</svg>`
  const seen = rulerAt(mismatched / compared)
  const bound = rulerAt(atMostShare)
  const state =
    wantedShare === undefined
      ? mismatched > 0
        ? 'over'
        : 'clean'
      : stateOf(mismatched / compared, atMostShare, wantedShare)
  const title = `${shareText(mismatched / compared)} seen, at most ${atMostText(atMostShare)} at 95 % confidence`
  return html`<svg class="ruler ${state}" role="img" aria-label="${title}"><title>${title}</title>${grid}${limit(wanted)}
<line class="whisker" x1="${seen}%" x2="${bound}%" y1="50%" y2="50%"/><line class="cap" x1="${bound}%" x2="${bound}%" y1="28%" y2="72%"/><circle cx="${seen}%" cy="50%" r="4"/></svg>`
}

/** The numbers under which the rulers stand. */
export function rulerHead(): Markup {
  return html`<svg class="ruler head" role="img" aria-label="share of mismatches, in percent, logarithmic">${rulerMarks.map(
    ({ share, label }) => html`<text x="${rulerAt(share)}%" y="75%" text-anchor="middle">${label}</text>`,
  )}</svg>`
}

function stateOf(seen: number, atMost: number, wanted: number): 'clean' | 'over' | 'open' {
  if (atMost <= wanted) return 'clean'
  return seen > wanted ? 'over' : 'open'
}

function limit(at: number | undefined): Markup | undefined {
  return at === undefined ? undefined : html`<line class="limit" x1="${at}%" x2="${at}%" y1="0" y2="100%"/>`
}

const grid = html`${rulerMarks.map(({ share }) => html`<line class="tick" x1="${rulerAt(share)}%" x2="${rulerAt(share)}%" y1="0" y2="100%"/>`)}`
