import { isJsonObject, type Json } from '../../base/index.ts'
import type { Answer } from '../answer/answer.ts'
import { jsonOfBody } from '../answer/json-of-body.ts'
import { remembering } from './remembering.ts'

/** Bodies larger than this are not parsed only to say their shape. */
const maxParsedBytes = 64 * 1024
const maxKeys = 24
const maxParameters = 12
/** An object with more keys than a model has fields is a map. */
const manyKeys = 60

/**
 * The shape class of an exchange: status, parameters present, and the body's shape to its second level, the same for
 * equal models whatever their values: `200 ?page&status {id,name,addresses[],stats{}}`, `200 [{id,name}]`, `404 html`.
 */
export function shapeOf(answer: Answer, parameters: readonly string[]): string {
  return `${answer.status}${queryShape(parameters)} ${bodyShape(answer)}`
}

function queryShape(parameters: readonly string[]): string {
  if (parameters.length === 0) return ''
  const names = [...new Set(parameters)].sort()
  return ` ?${bounded(names, maxParameters).join('&')}`
}

function bodyShape({ body, headers }: Answer): string {
  if (body.length === 0) return 'empty'
  const mediaType = mediaTypeOf(headers.get('content-type')?.[0] ?? '')
  if (mediaType === '' || mediaType.endsWith('json'))
    return jsonShape(body) ?? (mediaType === '' ? 'bytes' : 'broken json')
  if (mediaType === 'text/html' || mediaType === 'application/xhtml+xml') return 'html'
  return mediaType.slice(0, 60)
}

function jsonShape(body: Buffer): string | undefined {
  const first = body[0]
  if (body.length > maxParsedBytes) return first === 0x5b ? 'large list' : first === 0x7b ? 'large json' : 'large body'
  const value = jsonOfBody(body)
  return value === undefined ? undefined : valueShape(value, 0)
}

function valueShape(value: Json, depth: number): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return depth > 0 ? '[]' : `[${value[0] === undefined ? '' : valueShape(value[0], depth)}]`
  if (!isJsonObject(value)) return depth > 0 ? '' : typeof value
  return depth > 0 ? '{}' : `{${keysShape(value)}}`
}

function keysShape(object: { readonly [key: string]: Json }): string {
  const keys = Object.keys(object)
  if (keys.length > manyKeys) return '*'
  let shapes = ''
  for (const key of keys) shapes += `${keyName(key)}${nestedShape(object[key])},`
  return inOrder(shapes)
}

/** Of the many answers of a run, few have another model, content type or key: what was seen is not worked out again. */
const inOrder = remembering((shapes: string) =>
  bounded([...new Set(shapes.split(',').slice(0, -1))].sort(), maxKeys).join(','),
)
const mediaTypeOf = remembering((contentType: string) => contentType.split(';')[0]?.trim().toLowerCase() ?? '')

/** Null and a missing value have a shape of their own only by being there. */
function nestedShape(value: Json | undefined): string {
  return value === null || value === undefined ? '' : valueShape(value, 1)
}

/** Keys that are ids are data, not model. */
const keyName = remembering((key: string) =>
  /^[A-Za-z_$][\w$-]{0,40}$/.test(key) && !/\d{3}|^[0-9a-f-]{16,}$/.test(key) ? key : '*',
)

function bounded(names: readonly string[], most: number): readonly string[] {
  return names.length <= most ? names : [...names.slice(0, most), `…${names.length - most}`]
}
