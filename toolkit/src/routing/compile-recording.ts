import { resolve } from 'node:path'
import { defaultKeepBytes } from './check-recording.ts'
import type { RecordingDocument } from './recording-document.ts'
import type { RecordingRule, Route, StandingRecording } from './route.ts'

/** Makes the `recording` section of a document without problems into what an edge records by. */
export function compileRecording(
  recording: RecordingDocument,
  table: { readonly routes: readonly Route[]; readonly folder: string },
): RecordingRule {
  const { redact, body } = recording
  return {
    standing: standingOf(recording, table),
    maxBodyBytes: body?.value ?? 64 * 1024,
    redact: {
      headers: valuesOf(redact?.headers),
      fields: valuesOf(redact?.fields),
      paths: valuesOf(redact?.paths),
      keep: valuesOf(redact?.keep),
    },
  }
}

function standingOf(
  { share, folder, part, keep, vault, routes, capabilities }: RecordingDocument,
  table: { readonly routes: readonly Route[]; readonly folder: string },
): StandingRecording | undefined {
  if (share === undefined || share.value === 0 || folder === undefined) return undefined
  const named = new Set(valuesOf(routes))
  const of = new Set(valuesOf(capabilities))
  const wanted = table.routes.filter(({ name, target }) => {
    if (named.size + of.size === 0 || named.has(name)) return true
    return target.kind === 'capability' && of.has(target.capability.name)
  })
  const keepBytes = keep?.value ?? defaultKeepBytes
  return {
    percent: share.value,
    routes: new Set(wanted.map(({ name }) => name)),
    folder: resolve(table.folder, folder.value),
    partBytes: part?.value ?? Math.min(64 * 1024 ** 2, keepBytes),
    keepBytes,
    vault: vault !== undefined,
  }
}

interface List {
  readonly value: readonly { readonly value: string }[]
}

function valuesOf(list: List | undefined): readonly string[] {
  return (list?.value ?? []).map(({ value }) => value)
}
