import ccxt from 'ccxt';
import { apiKey, apiSecret, count, expect, futures, main, spot } from './counts.mjs';
import { trade } from './ccxt_story.mjs';

main(async () => {
  const exchange = new ccxt.pro.binanceusdm({
    apiKey,
    secret: apiSecret,
    options: { fetchMarkets: { types: ['linear'] }, fetchCurrencies: false, fetchMargins: false },
  });
  for (const [name, version] of [['', 1], ['V2', 2], ['V3', 3]]) {
    exchange.urls.api[`fapiPublic${name}`] = `${futures.rest}/fapi/v${version}`;
    exchange.urls.api[`fapiPrivate${name}`] = `${futures.rest}/fapi/v${version}`;
  }
  exchange.urls.api.fapiData = `${futures.rest}/futures/data`;
  exchange.urls.api.ws = {
    spot: `${spot.websocket}/stream/ws`,
    future: `${futures.websocket}/ws`,
    'ws-api': { spot: spot.websocket_api, future: futures.websocket_api },
  };
  const symbol = 'BTC/USDT:USDT';
  await trade(exchange, symbol, 0.01);

  const positions = await exchange.fetchPositions([symbol]);
  expect(positions.length === 1 && positions[0].contracts === 0.01, 'the position');
  count('positions');
  const closed = await exchange.createOrder(symbol, 'market', 'sell', 0.01, undefined, { reduceOnly: true });
  expect((await exchange.fetchOrder(closed.id, symbol)).status === 'closed', 'the exit to be filled');
  expect((await exchange.fetchMyTrades(symbol)).length >= 2, 'both fills on record');
  const funding = await exchange.fetchFundingRate(symbol);
  expect(funding.fundingRate === 0.0001, 'the funding rate');
  await exchange.close();
});
