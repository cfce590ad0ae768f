"""Graphs are made, written and read, and the questions asked of them that most people ask."""

import hashlib

import networkx as nx

digest = hashlib.sha256()
graph = nx.barabasi_albert_graph(1500, 3, seed=1)
wide = nx.gnm_random_graph(800, 4000, seed=2, directed=True)
small_world = nx.connected_watts_strogatz_graph(300, 6, 0.2, seed=3)
ranks = nx.pagerank(graph)
digest.update(repr(sorted(ranks, key=lambda node: (-round(ranks[node], 9), node))[:50]).encode())
digest.update(repr(sum(nx.betweenness_centrality(small_world).values()) > 0).encode())
digest.update(repr(sorted(map(len, nx.strongly_connected_components(wide)))).encode())
digest.update(repr(nx.dijkstra_path_length(graph, 0, 1400)).encode())
digest.update(nx.to_graph6_bytes(small_world))
digest.update(repr(nx.from_graph6_bytes(nx.to_graph6_bytes(small_world, header=False).strip()).size()).encode())
digest.update("".join(nx.generate_gml(small_world)).encode())
digest.update(repr(nx.parse_gml("\n".join(nx.generate_gml(small_world))).size()).encode())
digest.update(repr(nx.average_clustering(graph) > 0).encode())
digest.update(repr(max(nx.core_number(graph).values())).encode())
digest.update(repr(len(nx.minimum_spanning_tree(small_world).edges)).encode())
digest.update(repr(len(nx.community.label_propagation_communities(small_world))).encode())
digest.update(repr(nx.full_rary_tree(3, 4000).size()).encode())
digest.update(repr(nx.is_connected(graph)).encode())
digest.update(repr(len(nx.max_weight_matching(nx.gnm_random_graph(80, 300, seed=4)))).encode())
print(digest.hexdigest())
