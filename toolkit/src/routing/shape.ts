import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml'
import { type JsonObject, nearestWord } from '../base/index.ts'
import { type Parsed, shortened } from './parsed.ts'
import type { Report } from './report.ts'

/** A value with the node that it was written as. */
export interface Written<T> {
  readonly value: T
  readonly node: Node
}

/**
 * How a part of a config file must look: its JSON Schema (draft-07) for editors, and a reader of the same, which
 * reports every mistake at its node and goes on; undefined means that it was reported.
 */
export interface Shape<T> {
  readonly schema: JsonObject
  read(node: Node, report: Report): T | undefined
}

/** A member of a map, with whether it must be there. */
export interface Member<T> extends Shape<T> {
  readonly required: boolean
}

/** What is left of a map after reading: the members that were there and right, and the node. */
export type WrittenMap<Members> = { readonly node: YAMLMap } & {
  readonly [Key in keyof Members]?: Members[Key] extends Shape<infer T> ? T : never
}

/** Text that `parse` understands. `allowed` ends the message: "Allowed: ...". */
export function text<T>(allowed: string, parse: (text: string) => Parsed<T>, schema: JsonObject): Shape<Written<T>> {
  return {
    schema: { type: 'string', ...schema },
    read(node, report) {
      if (!isScalar(node) || typeof node.value !== 'string') {
        report.at(node, `${nounOf(node)} is not text. ${allowed}`)
        return undefined
      }
      const parsed = parse(node.value)
      if (parsed.ok) return { value: parsed.value, node }
      report.at(node, `${parsed.message}. ${allowed}${parsed.near ?? ''}`)
      return undefined
    },
  }
}

/** One of a few words. */
export function oneOf<const Word extends string>(
  words: readonly Word[],
  schema: JsonObject,
  allowed = `Allowed: ${words.join(', ')}.`,
): Shape<Written<Word>> {
  const parse = (written: string): Parsed<Word> => {
    const value = words.find((word) => word === written)
    if (value !== undefined) return { ok: true, value }
    return { ok: false, message: `"${shortened(written)}" is unknown`, near: meant(written, words) }
  }
  return text(allowed, parse, { enum: words, ...schema })
}

/** Exactly this number or truth value. */
export function exactly<const Value extends number | boolean>(value: Value, schema: JsonObject): Shape<Written<Value>> {
  return {
    schema: { const: value, ...schema },
    read(node, report) {
      if (isScalar(node) && node.value === value) return { value, node }
      report.at(node, `${nounOf(node)} is not allowed here. Allowed: ${value}.`)
      return undefined
    },
  }
}

/** One value, or a list of them where several are meant. */
export function oneOrMore<T>(of: Shape<T>, schema: JsonObject): Shape<readonly T[]> {
  const many = list(of, 1, {})
  return {
    schema: { anyOf: [of.schema, many.schema], ...schema },
    read(node, report) {
      if (isSeq(node)) return many.read(node, report)?.value
      const one = of.read(node, report)
      return one === undefined ? undefined : [one]
    },
  }
}

/** A list; `atLeast` items must be there. Items that are wrong are left out. */
export function list<T>(of: Shape<T>, atLeast: number, schema: JsonObject): Shape<Written<readonly T[]>> {
  return {
    schema: { type: 'array', items: of.schema, ...(atLeast > 0 ? { minItems: atLeast } : {}), ...schema },
    read(node, report) {
      if (!isSeq(node)) {
        report.at(node, `${nounOf(node)} is not a list. Write a list, such as [a, b].`)
        return undefined
      }
      if (node.items.length < atLeast) report.at(node, `the list is empty. At least ${atLeast} is needed.`)
      const items = node.items.map((item) => of.read(item as Node, report))
      return { value: items.filter((item) => item !== undefined), node }
    },
  }
}

/** A map from names that `key` understands to values. Keys and values that are wrong are left out. */
export function named<T>(key: Shape<Written<string>>, of: Shape<T>, schema: JsonObject): Shape<ReadonlyMap<string, T>> {
  return {
    schema: { type: 'object', propertyNames: key.schema, additionalProperties: of.schema, ...schema },
    read(node, report) {
      const members = membersOf(node, report)
      if (members === undefined) return undefined
      const values = new Map<string, T>()
      for (const { keyNode, valueNode } of members) {
        const name = key.read(keyNode, report)
        const value = of.read(valueNode, report)
        if (name !== undefined && values.has(name.value))
          report.at(keyNode, `"${name.value}" is written twice. Keep one.`)
        if (name !== undefined && value !== undefined) values.set(name.value, value)
      }
      return values
    },
  }
}

/** A map with the given members and no others. */
export function members<const Members extends Readonly<Record<string, Member<unknown>>>>(
  known: Members,
  schema: JsonObject,
): Shape<WrittenMap<Members>> {
  const required = Object.keys(known).filter((name) => known[name]?.required)
  return {
    schema: membersSchema(known, required, schema),
    read(node, report) {
      const found = membersOf(node, report)
      if (found === undefined || !isMap(node)) return undefined
      const read: Record<string, unknown> = { node }
      for (const { keyNode, name, valueNode } of found) {
        const member = Object.hasOwn(known, name) ? known[name] : undefined
        if (member === undefined) report.at(keyNode, unknownKey(name, Object.keys(known)))
        else read[name] = member.read(valueNode, report)
      }
      for (const name of required) {
        if (!mentions(node, name)) report.at(node, 'it is missing. It must be given.', name)
      }
      return read as WrittenMap<Members>
    },
  }
}

/** A member that must be there. */
export function required<T>(shape: Shape<T>): Member<T> {
  return { ...shape, required: true }
}

/** A member that may be left out. */
export function optional<T>(shape: Shape<T>): Member<T> {
  return { ...shape, required: false }
}

/** ` Did you mean "users"?`, or nothing when no known word is near. */
export function meant(word: string, known: Iterable<string>): string {
  const nearest = word.length > 200 ? undefined : nearestWord(word, known)
  return nearest === undefined ? '' : ` Did you mean "${nearest}"?`
}

/** Whether a map has the key, or an unknown one that was probably meant to be it. */
export function mentions(map: YAMLMap, key: string): boolean {
  return map.has(key) || map.items.some((pair) => isScalar(pair.key) && meant(String(pair.key.value), [key]) !== '')
}

interface Entry {
  readonly name: string
  readonly keyNode: Node
  readonly valueNode: Node
}

function membersOf(node: Node, report: Report): readonly Entry[] | undefined {
  if (!isMap(node)) {
    report.at(node, `${nounOf(node)} is not a map. Write "key: value" pairs.`)
    return undefined
  }
  const first = new Map<string, Node>()
  const entries: Entry[] = []
  for (const pair of node.items as Pair<Node, Node | null>[]) {
    const name = isScalar(pair.key) ? String(pair.key.value ?? '') : ''
    const before = first.get(name)
    if (before !== undefined) {
      report.at(
        pair.key,
        `"${shortened(name)}" is written twice, first in line ${report.place(before).line}. Keep one.`,
      )
      continue
    }
    first.set(name, pair.key)
    entries.push({ name, keyNode: pair.key, valueNode: pair.value ?? pair.key })
  }
  return entries
}

function unknownKey(name: string, known: readonly string[]): string {
  return `the key "${shortened(name)}" is unknown. Allowed: ${known.join(', ')}.${meant(name, known)}`
}

function membersSchema(
  known: Readonly<Record<string, Member<unknown>>>,
  required: readonly string[],
  schema: JsonObject,
): JsonObject {
  const properties = Object.fromEntries(Object.entries(known).map(([name, member]) => [name, member.schema]))
  return { type: 'object', additionalProperties: false, properties, required, ...schema }
}

function nounOf(node: Node): string {
  if (isMap(node)) return 'a map'
  if (isSeq(node)) return 'a list'
  if (!isScalar(node)) return 'this'
  if (node.value === null) return 'nothing'
  if (typeof node.value === 'string') return `"${shortened(node.value)}"`
  return `the ${typeof node.value} ${shortened(String(node.source ?? node.value))}`
}
