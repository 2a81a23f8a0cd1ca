/** The Host line that every well-formed request of these cases has. */
export const host = 'Host: a\r\n'

/** A GET of a target, with further header lines. */
export const get = (target: string, headers = ''): string => `GET ${target} HTTP/1.1\r\n${host}${headers}\r\n`

/** A POST with header lines and what follows them. */
export const post = (headers: string, body = ''): string => `POST /x HTTP/1.1\r\n${host}${headers}\r\n${body}`

/** A POST whose body is the given chunks, written out. */
export const chunked = (chunks: string): string => post('Transfer-Encoding: chunked\r\n', chunks)

/** What a smuggler wants to have executed. */
export const hidden = 'GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n'

/** A request that is the last one of its connection. */
export const last = get('/last', 'Connection: close\r\n')
