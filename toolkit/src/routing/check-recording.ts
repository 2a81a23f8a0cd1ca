import { reportUnknown } from './check-capabilities.ts'
import type { RouteTableDocument } from './document.ts'
import type { RecordingDocument } from './recording-document.ts'
import type { Report } from './report.ts'
import { mentions } from './shape.ts'

/** The `recording` section: routes and capabilities that exist, a folder for what is stored, sizes that fit each other. */
export function checkRecording(document: RouteTableDocument, report: Report): void {
  const { recording } = document
  if (recording === undefined) return
  const routes = (document.routes?.value ?? []).flatMap(({ name }) => name?.value ?? [])
  for (const route of recording.routes?.value ?? []) {
    if (!routes.includes(route.value)) reportUnknown(route, { noun: 'route', known: routes }, report)
  }
  const capabilities = [...(document.capabilities?.keys() ?? [])]
  for (const capability of recording.capabilities?.value ?? []) {
    if (capabilities.includes(capability.value)) continue
    reportUnknown(capability, { noun: 'capability', known: capabilities }, report)
  }
  if ((recording.share?.value ?? 0) > 0 && !mentions(recording.node, 'folder')) {
    report.at(recording.node, 'what is always recorded needs it beside "share". Name a folder.', 'folder')
  }
  checkSizes(recording, report)
}

function checkSizes({ part, keep, body }: RecordingDocument, report: Report): void {
  if (body !== undefined && body.value > 1024 ** 2) {
    report.at(body.node, 'no more than 1MiB of a body is ever kept. Allowed: up to 1MiB.')
  }
  const kept = keep?.value ?? defaultKeepBytes
  if (part === undefined || part.value <= kept) return
  report.at(part.node, 'a part is larger than all that is kept. Make "part" smaller, or "keep" larger.')
}

/** What is kept in the folder of recordings where the route table does not say. */
export const defaultKeepBytes = 1024 ** 3
