// The venue's own package for spot.
import { Spot } from '@binance/spot';
import { Inbox, apiKey, apiSecret, count, expect, follow_book, main, spot } from './counts.mjs';

main(async () => {
  const client = new Spot({
    configurationRestAPI: { apiKey, apiSecret, basePath: spot.rest },
    configurationWebsocketAPI: { apiKey, apiSecret, wsURL: spot.websocket_api },
    configurationWebsocketStreams: { wsURL: spot.websocket },
  });
  const ask = async (answer) => (await answer).data();
  const symbol = 'BNBUSDT';
  const info = await ask(client.restAPI.exchangeInfo());
  count('markets', info.symbols.length);

  const streams = await client.websocketStreams.connect();
  const depth = new Inbox();
  const trades = new Inbox();
  streams.diffBookDepth({ symbol, updateSpeed: '100ms' }).on('message', (one) => depth.push(one));
  streams.trade({ symbol }).on('message', (one) => trades.push(one));
  await depth.next(20, 'the first depth event');
  await follow_book(depth, await ask(client.restAPI.depth({ symbol, limit: 1000 })), 'spot', 20);
  await trades.next(30, 'a trade');
  count('trades');

  const api = await client.websocketAPI.connect();
  const user = new Inbox();
  const { stream } = await api.userDataStreamSubscribeSignature();
  stream.on('message', (one) => user.push(one.event ?? one));
  const price = Math.floor(Number((await ask(client.restAPI.tickerPrice({ symbol }))).price) * 0.97);
  const placed = (await api.orderPlace({
    symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', price, quantity: 0.1,
  })).data;
  expect(placed.status === 'NEW', 'a new order over the WebSocket API');
  count('orders over the WebSocket API');
  await user.next(10, 'the order on the user stream',
    (one) => one.e === 'executionReport' && String(one.i) === String(placed.orderId));
  count('order events');
  const found = await ask(client.restAPI.getOrder({ symbol, orderId: placed.orderId }));
  expect(found.status === 'NEW', 'the order to be open');
  count('queried');
  const cancelled = (await api.orderCancel({ symbol, orderId: placed.orderId })).data;
  expect(cancelled.status === 'CANCELED', 'it to be canceled');
  count('cancelled');

  const taken = await ask(client.restAPI.newOrder({
    symbol, side: 'SELL', type: 'MARKET', quantity: 0.1,
  }));
  expect(taken.status === 'FILLED', 'a market order to be filled');
  count('placed');
  await user.next(10, 'the fill on the user stream',
    (one) => one.e === 'executionReport' && String(one.i) === String(taken.orderId) && one.x === 'TRADE');
  count('fills', (await ask(client.restAPI.myTrades({ symbol, orderId: taken.orderId }))).length);
  const account = await ask(client.restAPI.getAccount({ omitZeroBalances: true }));
  count('balances', account.balances.length);

  let refused;
  try {
    await client.restAPI.newOrder({ symbol, side: 'BUY', type: 'LIMIT_MAKER', price: price * 2, quantity: 0.1 });
  } catch (error) {
    refused = error;
  }
  expect(refused?.constructor.name === 'BadRequestError', 'a crossing LIMIT_MAKER to be refused');
  count('refused');
});
