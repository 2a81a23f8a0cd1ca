import { countedText } from './figures.ts'
import type { IdReport } from './report.ts'

/** Whether anything is known of ids at all: nobody needs to read that there were none. */
export function tellsOfIds({ pairs, dependent, conflicts }: IdReport): boolean {
  return pairs > 0 || dependent.exchanges > 0 || conflicts.length > 0
}

/** `orders.create $.customerId: 12 pairs, first 8 for 7`: the service's value for legacy's. */
export function learntText({ route, place, pairs, first }: NonNullable<IdReport['learnt']>[number]): string {
  const sample = first === undefined ? '' : `, ${pairs === 1 ? '' : 'first '}${first.service} for ${first.legacy}`
  return `${route} ${place}: ${countedText(pairs, 'pair')}${sample}`
}
