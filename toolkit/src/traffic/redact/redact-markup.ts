import { quotedToken, secretsOf, type Token } from './redact-text.ts'
import { isSecretField } from './rules.ts'

/** Tags that hold a name and, in another attribute, its value; a quote means something only behind an equals sign. */
const namingTag =
  /<(?:input|button|meta|param|property|option|setting|add|entry)\b(?:=\s*"[^"]*"?|=\s*'[^']*'?|[^<>])*/gi
const textArea = /(<textarea\b[^<>]{0,600}>)([^<]+)/gi
const element = /<([\w:.-]{1,80})((?:\s[^<>]{0,500})?)>(<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|[^<]+)/g
/** Opened right within another one: `<password><value>...`. */
const outer = /<([\w:.-]{1,80})(?:\s[^<>]{0,500})?>(?=\s{0,20}<\w)/g
const inner = /\s{0,20}(?:<[\w:.-]{1,80}(?:\s[^<>]{0,500})?>\s{0,20}){1,2}(?=([^<]+))/y

/** Property lists and XML-RPC: `<key>password</key><string>...`. */
const named = /(<(key|name)>\s{0,20}([\w .-]{1,80})<\/\2>\s{0,20}(?:<\w{1,40}>\s{0,20}){1,2})([^<]+)/g

/** HTML or XML, or text that has some of it, with the values of fields whose name is secret replaced. */
export function redactMarkup(text: string, token: Token): string {
  if (!text.includes('<')) return text
  const secret = (name: string) => isSecretField(name, secretsOf(token))
  return redactInner(text, secret, token)
    .replace(namingTag, (tag) => redactTag(tag, token))
    .replace(textArea, (all, tag: string, content: string) => (secret(nameIn(tag)) ? `${tag}${token(content)}` : all))
    .replace(named, (all, before: string, _tag, name: string, content: string) =>
      secret(name.trim()) && content.trim() !== '' ? `${before}${token(content)}` : all,
    )
    .replace(element, (all, name: string, attributes: string, content: string) =>
      secret(localName(name)) && content.trim() !== '' ? `<${name}${attributes}>${token(content)}` : all,
    )
}

function redactInner(text: string, secret: (name: string) => boolean, token: Token): string {
  let redacted = ''
  let done = 0
  for (const { 0: tag, 1: name = '', index } of text.matchAll(outer)) {
    if (index < done || !secret(localName(name))) continue
    inner.lastIndex = index + tag.length
    const content = inner.exec(text)?.[1] ?? ''
    if (content.trim() === '') continue
    const at = inner.lastIndex
    redacted += `${text.slice(done, at)}${token(content)}`
    done = at + content.length
  }
  return redacted + text.slice(done)
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function nameIn(tag: string): string {
  return /[\s"'](?:name|key|property|itemprop)\s*=\s*["']?([^"'\s>]+)/i.exec(tag)?.[1] ?? ''
}

function redactTag(tag: string, token: Token): string {
  if (!isSecretField(nameIn(tag), secretsOf(token)) && !/[\s"']type\s*=\s*["']?password/i.test(tag)) return tag
  return tag.replace(
    /([\s"'](?:value|content)\s*=\s*)("[^"]*"?|'[^']*'?|[^\s>]+)/i,
    (_all, sign: string, value: string) => `${sign}${quotedToken(value, token)}`,
  )
}
