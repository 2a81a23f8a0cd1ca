import { basename, dirname, join } from 'node:path'

const ending = /(\.ndjson)?(\.gz)?$/

/** The file of a recording's nth part: `traffic.ndjson.gz`, then `traffic.2.ndjson.gz`, `traffic.3.ndjson.gz` ... */
export function partPath(first: string, part: number): string {
  if (part === 1) return first
  const name = basename(first)
  const end = ending.exec(name)?.[0] ?? ''
  return join(dirname(first), `${name.slice(0, name.length - end.length)}.${part}${end}`)
}

/** The first part's file, of any part. */
export function firstPartPath(path: string, part: number): string {
  const name = basename(path)
  const end = ending.exec(name)?.[0] ?? ''
  const stem = name.slice(0, name.length - end.length)
  return stem.endsWith(`.${part}`) ? join(dirname(path), `${stem.slice(0, -`.${part}`.length)}${end}`) : path
}

/** Whether a file's name is that of a recording. */
export function isRecordingName(name: string): boolean {
  return /\.ndjson(\.gz)?$/.test(name)
}
