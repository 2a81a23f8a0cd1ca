import { type Production, type ProductionClass, shapeOf } from '../../compare/index.ts'
import type { Exchange } from '../exchange.ts'
import { parametersOf } from './compared-exchange.ts'
import { recordedAnswer } from './recorded-answer.ts'

/** Beyond so many classes only the route and the status are told apart. */
const mostShapes = 10_000

/**
 * What a recording of production shows, by route, status and shape: for the coverage of a replay of another one.
 * Exchanges whose answer nobody kept are left out; of an answer that was cut, the shape is.
 */
export async function productionOf(source: string, exchanges: AsyncIterable<Exchange>): Promise<Production> {
  const classes = new Map<string, { -readonly [Key in keyof ProductionClass]: ProductionClass[Key] }>()
  for await (const exchange of exchanges) {
    const { route, response } = exchange
    if (response.status === 0) continue
    const shape = shapeIn(exchange, classes.size)
    const key = JSON.stringify([route, response.status, shape])
    const known = classes.get(key)
    if (known === undefined) classes.set(key, { route, status: response.status, shape, count: 1 })
    else known.count += 1
  }
  return { source, classes: [...classes.values()] }
}

function shapeIn(exchange: Exchange, known: number): string | undefined {
  if (exchange.response.body?.truncated === true || known >= mostShapes) return undefined
  return shapeOf(recordedAnswer(exchange), parametersOf(exchange))
}
