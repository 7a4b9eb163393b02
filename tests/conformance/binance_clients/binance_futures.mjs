// The venue's own package for USDT-M futures.
import { DerivativesTradingUsdsFutures } from '@binance/derivatives-trading-usds-futures';
import { Inbox, apiKey, apiSecret, count, expect, follow_book, futures, main } from './counts.mjs';

main(async () => {
  const client = new DerivativesTradingUsdsFutures({
    configurationRestAPI: { apiKey, apiSecret, basePath: futures.rest },
    configurationWebsocketAPI: { apiKey, apiSecret, wsURL: futures.websocket_api },
    configurationWebsocketStreams: { wsURL: futures.websocket },
  });
  const ask = async (answer) => (await answer).data();
  const symbol = 'BTCUSDT';
  count('markets', (await ask(client.restAPI.exchangeInformation())).symbols.length);

  const streams = await client.websocketStreams.connect();
  const depth = new Inbox();
  const trades = new Inbox();
  const marks = new Inbox();
  streams.diffBookDepthStreams({ symbol, updateSpeed: '100ms' }).on('message', (one) => depth.push(one));
  streams.aggregateTradeStreams({ symbol }).on('message', (one) => trades.push(one));
  streams.markPriceStream({ symbol, updateSpeed: '1s' }).on('message', (one) => marks.push(one));
  await depth.next(20, 'the first depth event');
  await follow_book(depth, await ask(client.restAPI.orderBook({ symbol, limit: 1000 })), 'futures', 20);
  await trades.next(30, 'a trade');
  count('trades');
  const mark = await marks.next(10, 'a mark price');
  count('mark prices');

  const { listenKey } = await ask(client.restAPI.startUserDataStream());
  const user = new Inbox();
  streams.userData(listenKey).on('message', (one) => user.push(one));
  await new Promise((done) => setTimeout(done, 1000)); // until the user stream is subscribed
  const api = await client.websocketAPI.connect();
  const price = Math.floor(Number(mark.p) * 0.97);
  const placed = (await api.newOrder({
    symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', price, quantity: 0.01,
  })).data;
  expect(placed.status === 'NEW', 'a new order over the WebSocket API');
  count('orders over the WebSocket API');
  await user.next(10, 'the order on the user stream',
    (one) => one.e === 'ORDER_TRADE_UPDATE' && String(one.o.i) === String(placed.orderId));
  count('order events');
  const found = await ask(client.restAPI.queryOrder({ symbol, orderId: placed.orderId }));
  expect(found.status === 'NEW', 'the order to be open');
  count('queried');
  const cancelled = await ask(client.restAPI.cancelOrder({ symbol, orderId: placed.orderId }));
  expect(cancelled.status === 'CANCELED', 'it to be canceled');
  count('cancelled');

  const taken = await ask(client.restAPI.newOrder({ symbol, side: 'BUY', type: 'MARKET', quantity: 0.01 }));
  count('placed');
  await user.next(10, 'the fill on the user stream',
    (one) => one.e === 'ORDER_TRADE_UPDATE' && String(one.o.i) === String(taken.orderId) && one.o.X === 'FILLED');
  count('fills', (await ask(client.restAPI.accountTradeList({ symbol, orderId: taken.orderId }))).length);
  count('balances', (await ask(client.restAPI.futuresAccountBalanceV3())).length);
  const positions = await ask(client.restAPI.positionInformationV3({ symbol }));
  count('positions', positions.length);
  const income = await ask(client.restAPI.getIncomeHistory({ symbol, incomeType: 'COMMISSION' }));
  expect(income.length > 0, 'a commission in the statement');
});
