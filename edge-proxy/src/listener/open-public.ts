import type { RouteTable } from '@banyan/toolkit/routing'
import type { EdgeParts } from '../edge-parts.ts'
import { buildUpgrades } from '../upgrade/upgrade.ts'
import { type Certificate, type CertificateFiles, readCertificate } from './certificate.ts'
import type { Connections } from './connections.ts'
import { followCertificate } from './follow-certificate.ts'
import { type ListenAddress, listen } from './listen.ts'
import { buildPublicServer } from './public-server.ts'

/** The public listener, open. */
export interface OpenPublic {
  /** URL, without a trailing slash. */
  readonly address: string
  readonly connections: Connections
  /** Open connections, upgraded ones included. */
  open(): number
  /** The certificate that new handshakes get; undefined for plain HTTP. */
  certificate(): Certificate | undefined
  /** Ends upgraded connections, all or those to the owner of one capability; says how many. */
  closeTunnels(capability?: string): number
  /** Goes by the limits of a new route table. */
  follow(table: RouteTable): void
  /** Reads the certificate's files now. */
  reload(): Promise<void>
  /** Ends its watching; its connections are the drain's. */
  close(): Promise<void>
}

/** Where, and with which certificate; undefined: the one that the route table names, if any. */
export interface OpenPublicOptions {
  readonly at: ListenAddress
  readonly tls: CertificateFiles | undefined
}

/** Opens the public listener. Throws `certificate-unusable` and the Faults of `listen`; nothing remains open then. */
export async function openPublic(parts: EdgeParts, { at, tls }: OpenPublicOptions): Promise<OpenPublic> {
  const files = tls ?? parts.table().listen.tls
  const first = files && (await readCertificate(files))
  const { server, secure, connections, open, follow, close } = buildPublicServer(parts, first)
  const log = parts.log.messages
  const certificate = files && first && secure && (await followCertificate(secure, { files, first, log }))
  const upgrades = buildUpgrades(parts)
  server.on('upgrade', (request, _stream, head) => upgrades.handle({ request, socket: request.socket, head }))
  const closeAll = async () => {
    close()
    await certificate?.close()
  }
  const address = await listen(server, at, 'EDGE_PORT').catch(async (error: unknown) => {
    await closeAll()
    throw error
  })
  return {
    address,
    connections,
    open,
    certificate: () => certificate?.current(),
    closeTunnels: upgrades.closeTunnels,
    follow: (table) => {
      follow(table.limits)
      if (tls === undefined && !sameFiles(table.listen.tls, files))
        log.warn('listen.tls names other files, or begins or ends TLS: that takes effect with the next start')
    },
    reload: async () => void (await certificate?.reload()),
    close: closeAll,
  }
}

function sameFiles(a: CertificateFiles | undefined, b: CertificateFiles | undefined): boolean {
  return a?.certFile === b?.certFile && a?.keyFile === b?.keyFile
}
