// All that a verifier can see: the documents of one folder, and the moment it is believed to be.
//
// Whatever else a verifier asks for, over whichever interface, throws and is written down as refused.
import dgram from 'node:dgram';
import dns from 'node:dns';
import {readFileSync} from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import {syncBuiltinESMExports} from 'node:module';
import net from 'node:net';
import path from 'node:path';

export class Refused extends Error {
  constructor(what) {
    super(`refused: ${what}`);
    this.name = 'Refused';
  }
}

export class World {
  #refusals = new Set();
  #texts = new Map();

  // `documents` maps an address to a file of the folder; `absent` lists addresses at which nobody answers (404).
  constructor(folder, {documents = {}, absent = []} = {}) {
    this.folder = folder;
    this.documents = documents;
    this.absent = new Set(absent);
  }

  isAbsent(url) {
    return this.absent.has(withoutFragment(url));
  }

  text(url) {
    const address = withoutFragment(url);
    if(!Object.hasOwn(this.documents, address)) {
      throw this.refuse(address);
    }
    if(!this.#texts.has(address)) {
      this.#texts.set(address, readFileSync(path.join(this.folder, this.documents[address]), 'utf8'));
    }
    return this.#texts.get(address);
  }

  json(url) {
    return JSON.parse(this.text(url));
  }

  refuse(what) {
    this.#refusals.add(what);
    return new Refused(what);
  }

  takeRefusals() {
    const refusals = [...this.#refusals];
    this.#refusals.clear();
    return refusals;
  }
}

function withoutFragment(url) {
  return url.split('#')[0];
}

// Answer every `fetch` from the world and refuse everything that lies below it. Call this before importing a verifier.
export function closeNetwork(world) {
  globalThis.fetch = async input => {
    const url = typeof input === 'string' ? input : input.url ?? String(input);
    if(world.isAbsent(url)) {
      return new Response('', {status: 404});
    }
    return new Response(world.text(url), {headers: {'content-type': 'application/json'}});
  };
  const refusing = name => (...args) => {
    throw world.refuse(`${name} ${describe(args)}`);
  };
  for(const [module, names] of [
    [http, ['request', 'get']],
    [https, ['request', 'get']],
    [dns, ['lookup', 'resolve', 'resolve4', 'resolve6']],
    [dns.promises, ['lookup', 'resolve', 'resolve4', 'resolve6']],
    [net.Socket.prototype, ['connect']],
    [dgram.Socket.prototype, ['bind', 'connect', 'send']],
  ]) {
    for(const name of names) {
      module[name] = refusing(name);
    }
  }
  delete globalThis.WebSocket;
  syncBuiltinESMExports();
}

function describe(args) {
  return JSON.stringify(args, (_key, value) => typeof value === 'function' ? undefined : value)?.slice(0, 200);
}

// Let this process believe that it is `at`; null leaves the clock alone.
export function stopClock(at) {
  if(!at) {
    return;
  }
  const moment = new Date(at).getTime();
  globalThis.Date = class extends Date {
    constructor(...args) {
      super(...(args.length ? args : [moment]));
    }

    static now() {
      return moment;
    }
  };
}
