import { readFile } from 'node:fs/promises'
import { exitCodes, Fault, messageOf } from '@banyan/toolkit/base'
import type { HeaderPair } from '@banyan/toolkit/traffic'
import { parseHeader } from './header.ts'

/**
 * Reads one `name: value` a line; empty lines and lines that begin with # are left out. Values never reach a log. Throws
 * `headers-missing` and `header-invalid` (exit 64).
 */
export async function readHeaders(file: string): Promise<readonly HeaderPair[]> {
  const text = await readFile(file, 'utf8').catch((thrown: unknown) => {
    throw new Fault('headers-missing', `cannot read ${file}: ${messageOf(thrown)}`, { exitCode: exitCodes.usage })
  })
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'))
  return lines.map((line) => {
    const [name, value] = parseHeader(line)
    return [name, value]
  })
}
