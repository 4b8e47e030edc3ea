// Tries every way out of a process and prints how each ended.
//
//   node knock.mjs open|closed URL    with the network as it is, or closed as it is for verifiers
import dns from 'node:dns/promises';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import {World, closeNetwork} from './world.mjs';

const [door, url] = process.argv.slice(2);
const {hostname: host, port} = new URL(url);
const world = new World('.');
if(door === 'closed') {
  closeNetwork(world);
}
const {default: ky} = await import('ky');
const undici = await import('undici');

const ways = {
  'fetch': () => fetch(url),
  'ky': () => ky.get(url),
  'undici.fetch': () => undici.fetch(url),
  'undici.request': () => undici.request(url),
  'http.get': () => settled(answer => http.get(url, answer)),
  'http.ClientRequest': () => settled(answer => new http.ClientRequest(url, answer).end()),
  'http2.connect': () => settled(answer => http2.connect(url, answer)),
  'https.get': () => settled(answer => https.get(url.replace('http:', 'https:'), answer)),
  'net.connect': () => settled(answer => net.connect({host, port}, answer)),
  'tls.connect': () => settled(answer => tls.connect({host, port}, answer)),
  'dns.lookup': () => dns.lookup('localhost'),
};

function settled(begin) {
  return new Promise((resolve, reject) => begin(resolve).on('error', reject));
}

const outcomes = {};
for(const [way, go] of Object.entries(ways)) {
  try {
    await go();
    outcomes[way] = 'answered';
  } catch(error) {
    outcomes[way] = [error.name, error.cause?.name].includes('Refused') ? 'refused' : String(error);
  }
}
console.log(JSON.stringify({outcomes, refusals: world.takeRefusals().length}));
process.exit();
