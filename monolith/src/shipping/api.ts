import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Shop } from '../shop.ts'
import { localToJson } from '../time/shop-time.ts'
import { keyFrom } from '../web/numbers.ts'
import { deliver, dispatch, listShipments, type Moved, readShipment, type ShipmentColumns } from './shipments.ts'

interface ById {
  readonly Params: { readonly id: string }
}

/** The shipments of the JSON API: of 2018, with proper status codes. */
export function shippingApi(api: FastifyInstance, shop: Shop): void {
  api.get<ById>('/shipments/:id', async (request, reply) => {
    const id = keyFrom(request.params.id)
    const shipment = id === undefined ? undefined : await readShipment(shop.db, id)
    return shipment ? shipmentJson(shipment) : reply.code(404).send({ error: 'no such shipment' })
  })

  api.get<ById>('/orders/:id/shipments', async (request) => {
    const id = keyFrom(request.params.id) ?? 0
    return { shipments: (await listShipments(shop.db, id)).map(shipmentJson) }
  })

  api.post<ById>('/shipments/:id/dispatch', async (request, reply) => {
    const id = keyFrom(request.params.id)
    return answer(reply, id === undefined ? 'unknown' : await dispatch(shop, id))
  })

  api.post<ById>('/shipments/:id/deliver', async (request, reply) => {
    const id = keyFrom(request.params.id)
    return answer(reply, id === undefined ? 'unknown' : await deliver(shop, id))
  })
}

function answer(reply: FastifyReply, moved: Moved): FastifyReply {
  switch (moved) {
    case 'moved':
      return reply.code(204).send()
    case 'unknown':
      return reply.code(404).send({ error: 'no such shipment' })
    case 'wrong-state':
      return reply.code(409).send({ error: 'the shipment is not at that point' })
  }
}

/** A shipment as the API answers it. */
export function shipmentJson(shipment: ShipmentColumns) {
  return {
    id: String(shipment.shp_id),
    orderId: String(shipment.ord_id),
    carrier: shipment.crr_cd,
    tracking: shipment.trk_no,
    status: shipment.st_cd,
    sentAt: localToJson(shipment.shp_dt),
    deliveredAt: localToJson(shipment.dlv_dt),
  }
}
