// What the edge is measured against: http-proxy as its documentation shows it, with a keep-alive agent.
import { Agent, createServer } from 'node:http'
import httpProxy from 'http-proxy'

const agent = new Agent({ keepAlive: true, maxFreeSockets: 256 })
const proxy = httpProxy.createProxyServer({ target: process.argv[2], agent })
proxy.on('error', (_error, _request, response) => response.writeHead(502).end())
const server = createServer((request, response) => proxy.web(request, response))
server.listen(0, '127.0.0.1', () => process.send(server.address().port))
process.on('disconnect', () => process.exit())
