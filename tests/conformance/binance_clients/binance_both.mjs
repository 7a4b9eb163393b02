// The package `binance`: REST, streams and WebSocket API of both markets.
import { MainClient, USDMClient, WebsocketAPIClient, WebsocketClient } from 'binance';
import { Inbox, apiKey, apiSecret, count, expect, follow_book, futures, main, spot } from './counts.mjs';

const quiet = { trace: () => {}, info: () => {}, error: (...words) => console.error(...words) };

/** Depth events and trades of a symbol, and whatever a user stream says, sorted into inboxes. */
function listen(venue) {
  const client = new WebsocketClient(
    {
      api_key: apiKey,
      api_secret: apiSecret,
      wsUrl: venue.websocket,
      beautify: false,
      restOptions: { baseUrl: venue.rest },
    },
    quiet,
  );
  const inboxes = { depth: new Inbox(), trades: new Inbox(), user: new Inbox() };
  client.on('exception', (error) => console.error(error));
  client.on('message', (message) => {
    const event = message.data ?? message.event ?? message;
    if (event.e === 'depthUpdate') inboxes.depth.push(event);
    else if (event.e === 'aggTrade' || event.e === 'trade') inboxes.trades.push(event);
    else if (event.e !== undefined) inboxes.user.push(event);
  });
  return { client, ...inboxes };
}

async function trade_spot() {
  const rest = new MainClient({ api_key: apiKey, api_secret: apiSecret, baseUrl: spot.rest });
  const symbol = 'ETHUSDT';
  count('markets', (await rest.getExchangeInfo()).symbols.length);
  const streams = listen(spot);
  streams.client.subscribe(['ethusdt@depth@100ms', 'ethusdt@aggTrade'], 'main');
  await streams.depth.next(20, 'the first depth event');
  await follow_book(streams.depth, await rest.getOrderBook({ symbol, limit: 1000 }), 'spot', 20);
  await streams.trades.next(30, 'a trade');
  count('trades');

  const api = new WebsocketAPIClient(
    {
      api_key: apiKey,
      api_secret: apiSecret,
      wsUrl: spot.websocket,
      beautify: false,
      authPrivateRequestsIndividually: true,
    },
    quiet,
  );
  const price = Math.floor((await rest.getSymbolPriceTicker({ symbol })).price * 0.97);
  const order = await api.submitNewSpotOrder({
    symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', price, quantity: 0.01, timestamp: Date.now(),
  });
  expect(order.result.status === 'NEW', 'a new order over the WebSocket API');
  count('orders over the WebSocket API');
  const found = await rest.getOrder({ symbol, orderId: order.result.orderId });
  expect(found.status === 'NEW', 'the order to be open');
  count('queried');
  const cancelled = await rest.cancelOrder({ symbol, orderId: order.result.orderId });
  expect(cancelled.status === 'CANCELED', 'it to be canceled');
  count('cancelled');
  const taken = await rest.submitNewOrder({ symbol, side: 'BUY', type: 'MARKET', quantity: 0.02 });
  expect(taken.status === 'FILLED' && taken.fills.length > 0, 'a market order to be filled');
  count('placed');
  count('fills', (await rest.getAccountTradeList({ symbol, orderId: taken.orderId })).length);
  count('balances', (await rest.getAccountInformation()).balances.length);
  streams.client.closeAll(true);
}

async function trade_futures() {
  const rest = new USDMClient({ api_key: apiKey, api_secret: apiSecret, baseUrl: futures.rest });
  const symbol = 'ETHUSDT';
  count('markets', (await rest.getExchangeInfo()).symbols.length);
  const streams = listen(futures);
  streams.client.subscribe(['ethusdt@depth@100ms'], 'usdmPublic');
  streams.client.subscribe(['ethusdt@aggTrade'], 'usdmMarket');
  await streams.depth.next(20, 'the first depth event');
  await follow_book(streams.depth, await rest.getOrderBook({ symbol, limit: 1000 }), 'futures', 20);
  await streams.trades.next(30, 'a trade');
  count('trades');

  await streams.client.subscribeUsdFuturesUserDataStream();
  await new Promise((done) => setTimeout(done, 1000)); // until the user stream is subscribed
  const price = Math.floor((await rest.getMarkPrice({ symbol })).markPrice * 0.97);
  const order = await rest.submitNewOrder({
    symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTX', price, quantity: 0.1,
  });
  count('placed');
  const event = await streams.user.next(10, 'the order on the user stream',
    (one) => one.e === 'ORDER_TRADE_UPDATE' && one.o.i === order.orderId);
  expect(event.o.x === 'NEW', 'the order on the user stream');
  count('order events');
  expect((await rest.getOrder({ symbol, orderId: order.orderId })).status === 'NEW', 'it to be open');
  count('queried');
  await rest.setCancelOrdersOnTimeout({ symbol, countdownTime: 1000 });
  await streams.user.next(10, 'the dead man to cancel',
    (one) => one.e === 'ORDER_TRADE_UPDATE' && one.o.i === order.orderId && one.o.X === 'CANCELED');
  count('cancelled');
  const taken = await rest.submitNewOrder({ symbol, side: 'SELL', type: 'MARKET', quantity: 0.05 });
  count('placed');
  await streams.user.next(10, 'the fill on the user stream',
    (one) => one.e === 'ORDER_TRADE_UPDATE' && one.o.i === taken.orderId && one.o.X === 'FILLED');
  count('fills', (await rest.getAccountTrades({ symbol, orderId: taken.orderId })).length);
  count('balances', (await rest.getBalance()).length);
  streams.client.closeAll(true);
}

main(async () => {
  await trade_spot();
  await trade_futures();
});
