// The program `cardrig`.
#include <exception>
#include <iostream>

#include "scenarios/cardrig/commands.h"

int main(int argc, char** argv) {
  try {
    return cardrig::cli::command_line(argc, argv, std::cout, std::cerr);
  } catch (const std::exception& error) {
    std::cerr << "cardrig: " << error.what() << '\n';
    return cardrig::cli::kBadInput;
  }
}
