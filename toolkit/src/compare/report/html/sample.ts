import type { Json } from '../../../base/index.ts'
import { instantText } from '../figures.ts'
import type { DifferenceSample, ShownAnswer } from '../report.ts'
import { html, type Markup } from './markup.ts'
import { headRows } from './side-by-side/head-rows.ts'
import { markChanged } from './side-by-side/mark.ts'
import { alignBodies } from './side-by-side/rows.ts'
import { type Emphasis, sideBySide } from './side-by-side/side-by-side.ts'

type Sides = readonly [string, string]

/** The differing values of a sample, one above the other, with what differs in them marked. */
export function inShort({ legacy, service }: DifferenceSample, sides: Sides): Markup {
  const [left, right] = markChanged(textOf(legacy), textOf(service))
  const value = (arm: 'a' | 'b', content: Markup | undefined) =>
    html`<div class="${arm}"><dt><i class="arm ${arm}"></i>${sides[arm === 'a' ? 0 : 1]}</dt><dd>${content === undefined ? html`<em>not there</em>` : html`<code>${content}</code>`}</dd></div>`
  return html`<dl class="values">${value('a', left)}${value('b', right)}</dl>`
}

/** What stands where samples are opened. */
export interface Samples {
  readonly first: DifferenceSample
  /** Undefined where the first is the last. */
  readonly last: DifferenceSample | undefined
  readonly sides: Sides
  /** False: only where they were met. */
  readonly whole: boolean
  /** Which paths need no look. */
  readonly isNoise: (path: string) => boolean
}

/** The first and the last sample with both whole answers side by side, to be opened. */
export function sampleDetails({ first, last, sides, whole, isNoise }: Samples): Markup {
  const shown = [['first', first] as const, ...(last === undefined ? [] : [['last', last] as const])]
  return html`${shown.map(([name, sample]) => {
    const head = html`<span class="which">${last === undefined ? 'sample' : name}</span><code>${sample.request}</code><span class="dim">${instantText(sample.at)}, ${sample.exchange}</span>`
    return sample.answers === undefined || !whole
      ? html`<p class="sample">${head}</p>`
      : html`<details class="sample"><summary>${head}</summary>${columnHeads(sides)}${answers(sample.answers, { meant: sample.path, isNoise })}</details>`
  })}`
}

function columnHeads(sides: Sides): Markup {
  return html`<div class="sbs heads"><div class="ln"><span><i class="arm a"></i>${sides[0]}</span><span><i class="arm b"></i>${sides[1]}</span></div></div>`
}

function answers({ legacy, service }: NonNullable<DifferenceSample['answers']>, emphasis: Emphasis): Markup {
  const bodies = alignBodies(legacy.body, service.body)
  return html`${sideBySide(headRows(legacy, service), emphasis)}${sideBySide(bodies, emphasis)}${cut(legacy, service)}`
}

function cut(legacy: ShownAnswer, service: ShownAnswer): Markup | undefined {
  return legacy.truncated || service.truncated
    ? html`<p class="dim">A body is longer than what is shown.</p>`
    : undefined
}

function textOf(value: Json | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value)
}
