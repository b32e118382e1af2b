"""BibTeX entries of the data sets that are known by name."""

MNIST = """@article{lecun1998gradient,
  title = {Gradient-Based Learning Applied to Document Recognition},
  author = {LeCun, Yann and Bottou, L{\\'e}on and Bengio, Yoshua and Haffner, Patrick},
  journal = {Proceedings of the IEEE},
  volume = {86},
  number = {11},
  pages = {2278--2324},
  year = {1998}
}"""

FASHION_MNIST = """@article{xiao2017fashion,
  title = {Fashion-{MNIST}: a Novel Image Dataset for Benchmarking Machine Learning Algorithms},
  author = {Xiao, Han and Rasul, Kashif and Vollgraf, Roland},
  journal = {arXiv preprint arXiv:1708.07747},
  year = {2017}
}"""

CIFAR10 = """@techreport{krizhevsky2009learning,
  title = {Learning Multiple Layers of Features from Tiny Images},
  author = {Krizhevsky, Alex},
  institution = {University of Toronto},
  year = {2009}
}"""

LETTERS = """@phdthesis{kassel1995comparison,
  title = {A Comparison of Approaches to On-Line Handwritten Character Recognition},
  author = {Kassel, Robert H.},
  school = {Massachusetts Institute of Technology},
  year = {1995}
}

@inproceedings{taskar2003maxmargin,
  title = {Max-Margin {Markov} Networks},
  author = {Taskar, Ben and Guestrin, Carlos and Koller, Daphne},
  booktitle = {Advances in Neural Information Processing Systems 16},
  year = {2003}
}"""

TINY_IMAGENET = """@misc{le2015tiny,
  title = {Tiny {ImageNet} Visual Recognition Challenge},
  author = {Le, Ya and Yang, Xuan},
  note = {Stanford CS231N},
  year = {2015}
}

@inproceedings{deng2009imagenet,
  title = {{ImageNet}: A Large-Scale Hierarchical Image Database},
  author = {Deng, Jia and Dong, Wei and Socher, Richard and Li, Li-Jia and Li, Kai and Fei-Fei, Li},
  booktitle = {IEEE Conference on Computer Vision and Pattern Recognition},
  pages = {248--255},
  year = {2009}
}"""

IMAGENET = """@article{russakovsky2015imagenet,
  title = {{ImageNet} Large Scale Visual Recognition Challenge},
  author = {Russakovsky, Olga and Deng, Jia and Su, Hao and Krause, Jonathan and Satheesh, Sanjeev and Ma, Sean
    and Huang, Zhiheng and Karpathy, Andrej and Khosla, Aditya and Bernstein, Michael and Berg, Alexander C.
    and Fei-Fei, Li},
  journal = {International Journal of Computer Vision},
  volume = {115},
  number = {3},
  pages = {211--252},
  year = {2015}
}"""

PACS = """@inproceedings{li2017deeper,
  title = {Deeper, Broader and Artier Domain Generalization},
  author = {Li, Da and Yang, Yongxin and Song, Yi-Zhe and Hospedales, Timothy M.},
  booktitle = {IEEE International Conference on Computer Vision},
  year = {2017}
}"""
