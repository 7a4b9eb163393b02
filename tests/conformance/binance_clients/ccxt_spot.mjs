import ccxt from 'ccxt';
import { apiKey, apiSecret, count, expect, futures, main, spot } from './counts.mjs';
import { trade } from './ccxt_story.mjs';

main(async () => {
  const exchange = new ccxt.pro.binance({
    apiKey,
    secret: apiSecret,
    options: { fetchMarkets: { types: ['spot'] }, fetchMargins: false },
  });
  Object.assign(exchange.urls.api, {
    public: `${spot.rest}/api/v3`,
    private: `${spot.rest}/api/v3`,
    v1: `${spot.rest}/api/v1`,
    sapi: `${spot.rest}/sapi/v1`,
    sapiV2: `${spot.rest}/sapi/v2`,
    ws: {
      spot: `${spot.websocket}/stream/ws`,
      margin: `${spot.websocket}/stream/ws`,
      future: `${futures.websocket}/ws`,
      'ws-api': { spot: spot.websocket_api, future: futures.websocket_api },
    },
  });
  await trade(exchange, 'BTC/USDT', 0.01);

  const order = await exchange.createOrderWs('BTC/USDT', 'limit', 'buy', 0.001, 40000);
  expect(order.status === 'open', 'an open order over the WebSocket API');
  const cancelled = await exchange.cancelOrderWs(order.id, 'BTC/USDT');
  expect(cancelled.status === 'canceled', 'it to be canceled');
  count('orders over the WebSocket API');
  await exchange.close();
});
