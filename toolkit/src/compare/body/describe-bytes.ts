import { createHash } from 'node:crypto'
import { excerpt } from './shorten.ts'

const shownBytes = 32

/**
 * A body as its bytes around the first that differs: `…the text around… (5120 bytes, sha256 1f2e3d4c)`,
 * `0x89504e47… (70 bytes, sha256 …)`, `empty (0 bytes)`.
 */
export function describeBytes(body: Buffer, at: number): string {
  if (body.length === 0) return 'empty (0 bytes)'
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 8)
  return `${excerptOf(body, at)} (${body.length} bytes, sha256 ${digest})`
}

/** Some bytes around a place, as text when they are text, else in hexadecimal. */
export function excerptOf(body: Buffer, at: number): string {
  const start = Math.max(0, at - shownBytes / 2)
  const part = body.subarray(start, start + shownBytes * 2)
  const text = part.toString('utf8').replaceAll('\uFFFD', '')
  // Cutting may halve a character at either end, hence the few bytes of grace.
  const isText = Buffer.byteLength(text) >= part.length - 6 && !text.includes('\u0000')
  const shown = isText ? excerpt(text, 0) : `0x${part.subarray(0, shownBytes).toString('hex')}`
  return `${start > 0 ? '…' : ''}${shown}${start + part.length < body.length ? '…' : ''}`
}
