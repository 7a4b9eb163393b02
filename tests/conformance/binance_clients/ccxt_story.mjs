// What ccxt does with either market: its order book checks every update id itself.
import { count, expect, within } from './counts.mjs';

export async function trade(exchange, symbol, amount) {
  await exchange.loadHttpProxyAgent();
  const markets = await exchange.loadMarkets();
  expect(markets[symbol] !== undefined, `${symbol} to be listed`);
  count('markets', Object.keys(markets).length);

  let price;
  for (let events = 0; events < 20; events += 1) {
    const book = await within(20, 'a book', exchange.watchOrderBook(symbol));
    expect(book.bids[0][0] < book.asks[0][0], 'a book that is not crossed');
    price = book.bids[0][0];
    count('books');
  }
  while (true) {
    const trades = await within(30, 'trades', exchange.watchTrades(symbol));
    count('trades', trades.length);
    if (trades.length > 0) break;
  }

  const orders = exchange.watchOrders(symbol);
  const fills = exchange.watchMyTrades(symbol);
  await new Promise((done) => setTimeout(done, 1000)); // until the user stream is subscribed
  const far = Number(exchange.priceToPrecision(symbol, price * 0.97));
  const resting = await exchange.createOrder(symbol, 'limit', 'buy', amount, far);
  count('placed');
  const seen = await within(10, 'the order on the user stream', orders);
  expect(seen.some((one) => one.id === resting.id), 'the order on the user stream');
  count('order events', seen.length);
  expect((await exchange.fetchOrder(resting.id, symbol)).status === 'open', 'the order to be open');
  expect((await exchange.fetchOpenOrders(symbol)).length === 1, 'one open order');
  count('queried', 2);
  await exchange.cancelOrder(resting.id, symbol);
  expect((await exchange.fetchOrder(resting.id, symbol)).status === 'canceled', 'it to be canceled');
  count('cancelled');

  const before = await exchange.fetchBalance();
  const taken = await exchange.createOrder(symbol, 'market', 'buy', amount);
  count('placed');
  const mine = await within(10, 'the fill on the user stream', fills);
  expect(mine.every((fill) => fill.order === taken.id), 'fills of the order');
  count('fills', mine.length);
  const after = await exchange.fetchBalance();
  expect(after.USDT.total < before.USDT.total, 'less USDT than before');
  count('balances', Object.keys(after.total).length);

  let refused;
  try {
    await exchange.createOrder(symbol, 'limit', 'buy', amount / 1000, far);
  } catch (error) {
    refused = error.constructor.name;
  }
  expect(refused !== undefined, 'an order too small to be refused');
  count('refused');
}
