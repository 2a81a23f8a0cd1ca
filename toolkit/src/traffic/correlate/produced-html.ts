import { nounOf } from './id-like.ts'
import type { AddProduced } from './produced.ts'
import { linksOf } from './produced-links.ts'

const tag = /<(input|meta|a|form|link|iframe|button)\b([^>]{0,2000})>/gi
const attribute = /([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g

/** The hidden fields, token metas, links and form addresses of an HTML page. */
export function producedInHtml(text: string, noun: string, add: AddProduced): void {
  for (const [, name = '', inside = ''] of text.matchAll(tag)) {
    const attributes = attributesOf(inside)
    switch (name.toLowerCase()) {
      case 'input':
        if (attributes.get('type')?.toLowerCase() === 'hidden') field(attributes, 'value', { noun, add })
        break
      case 'meta':
        if (/csrf|xsrf|token/i.test(attributes.get('name') ?? '')) field(attributes, 'content', { noun, add })
        break
      default:
        for (const at of ['href', 'action', 'formaction', 'src']) {
          const url = attributes.get(at)
          if (url !== undefined) linksOf(url, { place: `html:${name.toLowerCase()}`, passing: false }, add)
        }
    }
  }
}

function field(
  attributes: ReadonlyMap<string, string>,
  valueAt: 'value' | 'content',
  { noun, add }: { readonly noun: string; readonly add: AddProduced },
): void {
  const name = attributes.get('name') ?? ''
  const value = attributes.get(valueAt) ?? ''
  const passing = /csrf|xsrf|token|nonce/i.test(name)
  add({ value, place: `html:hidden ${name}`, noun: nounOf(name, noun), passing })
}

function attributesOf(text: string): Map<string, string> {
  const attributes = new Map<string, string>()
  for (const [, name = '', double, single, bare] of text.matchAll(attribute)) {
    attributes.set(name.toLowerCase(), plainOf(double ?? single ?? bare ?? ''))
  }
  return attributes
}

const entities: ReadonlyMap<string, string> = new Map([
  ...([
    ['amp', '&'],
    ['lt', '<'],
    ['gt', '>'],
    ['quot', '"'],
    ['#39', "'"],
    ['#x27', "'"],
    ['#x2F', '/'],
    ['#61', '='],
  ] as const),
])

function plainOf(text: string): string {
  return text.includes('&') ? text.replace(/&([^;\s]{1,6});/g, (all, name: string) => entities.get(name) ?? all) : text
}
