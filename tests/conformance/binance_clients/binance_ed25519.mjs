// The venue's own package for spot, under an Ed25519 key: one signature logs the session on.
import { Spot } from '@binance/spot';
import { Inbox, count, expect, main, spot } from './counts.mjs';

const apiKey = 'writ-sim-ed25519';
// The first test key of RFC 8032, as PKCS #8.
const privateKey = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
`;

main(async () => {
  const client = new Spot({
    configurationRestAPI: { apiKey, privateKey, basePath: spot.rest },
    configurationWebsocketAPI: { apiKey, privateKey, wsURL: spot.websocket_api },
  });
  const symbol = 'BTCUSDT';
  const api = await client.websocketAPI.connect();
  await api.sessionLogon();
  count('logged on');
  const user = new Inbox();
  const { stream } = await api.userDataStreamSubscribe();
  stream.on('message', (one) => user.push(one.event ?? one));
  const taken = (await api.orderPlace({ symbol, side: 'BUY', type: 'MARKET', quantity: 0.01 })).data;
  expect(taken.status === 'FILLED', 'a market order to be filled');
  count('orders over the WebSocket API');
  await user.next(10, 'the fill on the user stream',
    (one) => one.e === 'executionReport' && String(one.i) === String(taken.orderId) && one.x === 'TRADE');
  count('order events');
  const ask = async (answer) => (await answer).data();
  count('fills', (await ask(client.restAPI.myTrades({ symbol, orderId: taken.orderId }))).length);
  count('balances', (await ask(client.restAPI.getAccount())).balances.length);
});
