import type { JsonObject } from '../base/index.ts'
import { routeTableShape } from './document.ts'

/** The JSON Schema (draft-07) of the route table's file, for editors; made from the shape that reads the file. */
export function routeTableJsonSchema(): JsonObject {
  return { $schema: 'http://json-schema.org/draft-07/schema#', ...routeTableShape.schema }
}
