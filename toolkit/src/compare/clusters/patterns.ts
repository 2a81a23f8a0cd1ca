import { isJsonObject, type Json } from '../../base/index.ts'
import type { Difference } from '../difference.ts'
import { epochPatterns } from './instant-patterns.ts'
import { numberPatterns } from './number-patterns.ts'
import { textPatterns } from './text-patterns.ts'

/** A difference with its whole values: not those that were shortened for people. */
export type WholeDifference = Pick<Difference, 'kind' | 'legacy' | 'service'>

/**
 * Every pattern that one difference fits, from the most telling to the most general; empty where it fits none. One
 * difference seldom tells which it was: that is decided over all of them.
 */
export function patternsOf({ kind, legacy, service }: WholeDifference): readonly string[] {
  switch (kind) {
    case 'status':
      return [`${String(legacy)}-to-${String(service)}`]
    case 'missing':
      return [...goneOrNew(legacy, 'left-out'), 'left-out']
    case 'extra':
      return [...goneOrNew(service, 'added'), 'added']
    case 'order':
      return isReversed(legacy, service) ? ['reversed', 'other-order'] : ['other-order']
    case 'length':
      return lengthPatterns(legacy, service)
    case 'type':
      return typePatterns(legacy, service)
    case 'value':
    case 'header':
      return valuePatterns(legacy, service)
    default: {
      const never: never = kind
      return never
    }
  }
}

function goneOrNew(value: Json | undefined, what: 'left-out' | 'added'): string[] {
  if (value === null) return [`null-${what}`]
  return isEmpty(value) ? [`empty-${what}`] : []
}

function isEmpty(value: Json | undefined): boolean {
  if (value === '') return true
  return Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0
}

function isReversed(legacy: Json | undefined, service: Json | undefined): boolean {
  if (!Array.isArray(legacy) || !Array.isArray(service) || legacy.length < 2) return false
  return JSON.stringify([...legacy].reverse()) === JSON.stringify(service)
}

function lengthPatterns(legacy: Json | undefined, service: Json | undefined): string[] {
  const [a, b] = [lengthOf(legacy), lengthOf(service)]
  if (a === undefined || b === undefined) return []
  if (b === 0) return ['emptied', 'fewer-items']
  return b < a ? [`cut-to-${b}`, 'fewer-items'] : ['more-items']
}

function lengthOf(value: Json | undefined): number | undefined {
  return Array.isArray(value) ? value.length : typeof value === 'number' ? value : undefined
}

function typePatterns(legacy: Json | undefined, service: Json | undefined): string[] {
  if (service === null) return isEmpty(legacy) ? ['null-for-empty', 'null-for-value'] : ['null-for-value']
  if (legacy === null) return isEmpty(service) ? ['empty-for-null', 'value-for-null'] : ['value-for-null']
  if (typeof legacy === 'number' && typeof service === 'string') return retyped('number-as-text', legacy, service)
  if (typeof legacy === 'string' && typeof service === 'number') return retyped('text-as-number', legacy, service)
  if (typeof legacy === 'boolean')
    return String(legacy) === service ? ['boolean-as-text'] : booleanAs('boolean-as-', service)
  if (typeof service === 'boolean') return booleanAs('boolean-for-', legacy)
  if (Array.isArray(service) && service.length === 1 && same(service[0], legacy)) return ['wrapped-in-list']
  return Array.isArray(legacy) && legacy.length === 1 && same(legacy[0], service) ? ['taken-out-of-list'] : []
}

function retyped(pattern: string, legacy: Json, service: Json): string[] {
  const [a, b] = [Number(legacy), Number(service)]
  if (a === b) return [pattern]
  return numberPatterns(a, b).map((inner) => `${pattern}+${inner}`)
}

function booleanAs(pattern: string, value: Json | undefined): string[] {
  if (value === 0 || value === 1) return [`${pattern}number`]
  return typeof value === 'string' ? [`${pattern}text`] : []
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function valuePatterns(legacy: Json | undefined, service: Json | undefined): string[] {
  if (typeof legacy === 'number' && typeof service === 'number') {
    return [...epochPatterns(legacy, service), ...numberPatterns(legacy, service)]
  }
  if (typeof legacy === 'boolean' && typeof service === 'boolean') return ['negated']
  if (typeof legacy === 'string' && typeof service === 'string') return textPatterns(legacy, service)
  if (service === undefined) return ['left-out']
  return legacy === undefined ? ['added'] : []
}
