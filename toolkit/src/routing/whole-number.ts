import { isScalar } from 'yaml'
import type { JsonObject } from '../base/index.ts'
import { shortened } from './parsed.ts'
import type { Shape, Written } from './shape.ts'

/** A whole number from `least` to `most`, both allowed. */
export function wholeNumber(least: number, most: number, schema: JsonObject): Shape<Written<number>> {
  return {
    schema: { type: 'integer', minimum: least, maximum: most, ...schema },
    read(node, report) {
      const value = isScalar(node) ? node.value : undefined
      if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most)
        return { value, node }
      const written = isScalar(node) ? shortened(String(node.source ?? node.value)) : 'this'
      report.at(node, `${written} is not allowed here. Allowed: a whole number from ${least} to ${most}.`)
      return undefined
    },
  }
}
