import { isUtf8 } from 'node:buffer'
import { type DefaultTreeAdapterTypes, parse } from 'parse5'
import { maxDepth, TooDeep, type Value, type ValueObject } from './value.ts'
import { type WalkOptions, walk } from './walk.ts'

/** Larger pages are compared line by line: a tree takes fifty times the bytes of its text. */
const maxBytes = 2 * 1024 * 1024
/** Each level of elements takes two of the value: the list of its kind, and its place there. */
const maxElementDepth = Math.floor(maxDepth / 2) - 2
const keepsSpaces: ReadonlySet<string> = new Set(['pre', 'textarea', 'script', 'style'])

/**
 * Compares two pages by their trees (HTML, section 13.2), as any browser reads them: white space between words, the order
 * of attributes and comments aside. Elements stand under their name, attributes under `@name`, texts under `text`:
 * `$.html[0].body[0].ul[0].li[2].text[0]`. False when one is too large, too deep or no text.
 */
export function compareHtml(legacy: Buffer, service: Buffer, by: WalkOptions): boolean {
  if (legacy.length > maxBytes || service.length > maxBytes || !isUtf8(legacy) || !isUtf8(service)) return false
  try {
    walk(treeOf(legacy.toString('utf8')), treeOf(service.toString('utf8')), by)
    return true
  } catch (thrown) {
    if (thrown instanceof TooDeep) return false
    throw thrown
  }
}

/** A page as a value that can be walked. */
export function treeOf(page: string): Value {
  return contentOf(parse(page).childNodes, { inside: '', depth: 0 })
}

type Node = DefaultTreeAdapterTypes.ChildNode

/** Children by name, each in a list; where names mix, `order` tells how. */
function contentOf(nodes: readonly Node[], at: { readonly inside: string; readonly depth: number }): ValueObject {
  if (at.depth > maxElementDepth) throw new TooDeep()
  const lists = new Map<string, Value[]>()
  const names: string[] = []
  for (const node of nodes) {
    const found = partOf(node, at)
    if (found === undefined) continue
    const [name, value] = found
    const list = lists.get(name)
    if (list === undefined) lists.set(name, [value])
    else list.push(value)
    if (names.at(-1) !== name) names.push(name)
  }
  const content = Object.fromEntries<Value>(lists)
  return names.length > lists.size ? { ...content, order: names.join(' ') } : content
}

function partOf(node: Node, { inside, depth }: { readonly inside: string; readonly depth: number }) {
  if ('tagName' in node) {
    const content = 'content' in node ? node.content.childNodes : node.childNodes
    const attributes = node.attrs.map(({ name, value }): [string, Value] => [`@${name}`, value])
    const children = contentOf(content, { inside: node.tagName, depth: depth + 1 })
    return [node.tagName, { ...Object.fromEntries(attributes), ...children }] as const
  }
  if (node.nodeName !== '#text' || !('value' in node)) return undefined
  const text = keepsSpaces.has(inside) ? node.value.trim() : node.value.replace(/\s+/g, ' ').trim()
  return text === '' ? undefined : (['text', text] as const)
}
