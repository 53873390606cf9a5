# shared/setup/dev/network/vpc
resource "aws_vpc" "setup_dev_network_vpc_AF597342" {
  cidr_block           = "10.20.0.0/16"
  enable_dns_hostnames = true
  enable_dns_support   = true

  tags = {
    Name = "paperwurks-dev"
  }
}

# shared/setup/dev/network/default-route-table
resource "aws_default_route_table" "setup_dev_network_default-route-table_0719E88F" {
  default_route_table_id = aws_vpc.setup_dev_network_vpc_AF597342.default_route_table_id

  tags = {
    Name = "paperwurks-dev-default-empty"
  }
}

# shared/setup/dev/network/default-security-group
resource "aws_default_security_group" "setup_dev_network_default-security-group_3E245ADE" {
  vpc_id = aws_vpc.setup_dev_network_vpc_AF597342.id

  tags = {
    Name = "paperwurks-dev-default-closed"
  }
}

# shared/setup/dev/network/flow-log-role/role
resource "aws_iam_role" "setup_dev_network_flow-log-role_813FC6F3" {
  name                 = "paperwurks-dev-flow-log"
  description          = "Writes the flow log of dev's VPC"
  path                 = "/paperwurks/workload/"
  permissions_boundary = aws_iam_policy.setup_boundary_workload-dev_0027069F.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AssumedByService"
        Effect    = "Allow"
        Principal = { Service = "vpc-flow-logs.amazonaws.com" }
        Action    = "sts:AssumeRole"
        Condition = {
          ArnLike      = { "aws:SourceArn" = "arn:aws:ec2:eu-central-1:111122223333:vpc-flow-log/*" }
          StringEquals = { "aws:SourceAccount" = "111122223333" }
        }
      },
    ]
  })
}

# shared/setup/dev/network/flow-log-group
resource "aws_cloudwatch_log_group" "setup_dev_network_flow-log-group_50FD8BD3" {
  name              = "/paperwurks/dev/vpc/flow"
  kms_key_id        = aws_kms_key.setup_dev_logs-key_6AC24F6E.arn
  retention_in_days = 30
}

# shared/setup/dev/network/flow-log
resource "aws_flow_log" "setup_dev_network_flow-log_34759C22" {
  iam_role_arn             = aws_iam_role.setup_dev_network_flow-log-role_813FC6F3.arn
  log_destination          = aws_cloudwatch_log_group.setup_dev_network_flow-log-group_50FD8BD3.arn
  log_destination_type     = "cloud-watch-logs"
  max_aggregation_interval = 60
  traffic_type             = "ALL"
  vpc_id                   = aws_vpc.setup_dev_network_vpc_AF597342.id

  tags = {
    Name = "paperwurks-dev"
  }
}

# shared/setup/dev/network/internet-gateway
resource "aws_internet_gateway" "setup_dev_network_internet-gateway_C0C7E4A4" {
  vpc_id = aws_vpc.setup_dev_network_vpc_AF597342.id

  tags = {
    Name = "paperwurks-dev"
  }
}

# shared/setup/dev/network/isolated-routes
resource "aws_route_table" "setup_dev_network_isolated-routes_4BC1BC19" {
  vpc_id = aws_vpc.setup_dev_network_vpc_AF597342.id

  tags = {
    Name = "paperwurks-dev-isolated"
  }
}

# shared/setup/dev/network/isolated-subnet-a
resource "aws_subnet" "setup_dev_network_isolated-subnet-a_0E533D09" {
  vpc_id                  = aws_vpc.setup_dev_network_vpc_AF597342.id
  availability_zone       = "eu-central-1a"
  cidr_block              = "10.20.192.0/24"
  map_public_ip_on_launch = false

  tags = {
    Name = "paperwurks-dev-isolated-a"
  }
}

# shared/setup/dev/network/isolated-association-a
resource "aws_route_table_association" "setup_dev_network_isolated-association-a_4A2EC840" {
  route_table_id = aws_route_table.setup_dev_network_isolated-routes_4BC1BC19.id
  subnet_id      = aws_subnet.setup_dev_network_isolated-subnet-a_0E533D09.id
}

# shared/setup/dev/network/isolated-subnet-b
resource "aws_subnet" "setup_dev_network_isolated-subnet-b_067ABE30" {
  vpc_id                  = aws_vpc.setup_dev_network_vpc_AF597342.id
  availability_zone       = "eu-central-1b"
  cidr_block              = "10.20.193.0/24"
  map_public_ip_on_launch = false

  tags = {
    Name = "paperwurks-dev-isolated-b"
  }
}

# shared/setup/dev/network/isolated-association-b
resource "aws_route_table_association" "setup_dev_network_isolated-association-b_A14A8427" {
  route_table_id = aws_route_table.setup_dev_network_isolated-routes_4BC1BC19.id
  subnet_id      = aws_subnet.setup_dev_network_isolated-subnet-b_067ABE30.id
}

# shared/setup/dev/network/isolated-subnet-c
resource "aws_subnet" "setup_dev_network_isolated-subnet-c_53CCA41C" {
  vpc_id                  = aws_vpc.setup_dev_network_vpc_AF597342.id
  availability_zone       = "eu-central-1c"
  cidr_block              = "10.20.194.0/24"
  map_public_ip_on_launch = false

  tags = {
    Name = "paperwurks-dev-isolated-c"
  }
}

# shared/setup/dev/network/isolated-association-c
resource "aws_route_table_association" "setup_dev_network_isolated-association-c_5322AF25" {
  route_table_id = aws_route_table.setup_dev_network_isolated-routes_4BC1BC19.id
  subnet_id      = aws_subnet.setup_dev_network_isolated-subnet-c_53CCA41C.id
}

# shared/setup/dev/network/nat-address-a
resource "aws_eip" "setup_dev_network_nat-address-a_5A4726BD" {
  domain = "vpc"

  tags = {
    Name = "paperwurks-dev-nat-a"
  }

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [aws_internet_gateway.setup_dev_network_internet-gateway_C0C7E4A4]
}

# shared/setup/dev/network/public-subnet-a
resource "aws_subnet" "setup_dev_network_public-subnet-a_80F6889D" {
  vpc_id                  = aws_vpc.setup_dev_network_vpc_AF597342.id
  availability_zone       = "eu-central-1a"
  cidr_block              = "10.20.224.0/24"
  map_public_ip_on_launch = false

  tags = {
    Name = "paperwurks-dev-public-a"
  }
}

# shared/setup/dev/network/nat-gateway-a
resource "aws_nat_gateway" "setup_dev_network_nat-gateway-a_267F067C" {
  subnet_id     = aws_subnet.setup_dev_network_public-subnet-a_80F6889D.id
  allocation_id = aws_eip.setup_dev_network_nat-address-a_5A4726BD.id

  tags = {
    Name = "paperwurks-dev-a"
  }

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [aws_internet_gateway.setup_dev_network_internet-gateway_C0C7E4A4]
}

# shared/setup/dev/network/private-routes-a
resource "aws_route_table" "setup_dev_network_private-routes-a_5542F32E" {
  vpc_id = aws_vpc.setup_dev_network_vpc_AF597342.id

  tags = {
    Name = "paperwurks-dev-private-a"
  }
}

# shared/setup/dev/network/private-subnet-a
resource "aws_subnet" "setup_dev_network_private-subnet-a_A5CECA9D" {
  vpc_id                  = aws_vpc.setup_dev_network_vpc_AF597342.id
  availability_zone       = "eu-central-1a"
  cidr_block              = "10.20.0.0/20"
  map_public_ip_on_launch = false

  tags = {
    Name = "paperwurks-dev-private-a"
  }
}

# shared/setup/dev/network/private-association-a
resource "aws_route_table_association" "setup_dev_network_private-association-a_5CEAE592" {
  route_table_id = aws_route_table.setup_dev_network_private-routes-a_5542F32E.id
  subnet_id      = aws_subnet.setup_dev_network_private-subnet-a_A5CECA9D.id
}

# shared/setup/dev/network/private-routes-b
resource "aws_route_table" "setup_dev_network_private-routes-b_15DB3CDA" {
  vpc_id = aws_vpc.setup_dev_network_vpc_AF597342.id

  tags = {
    Name = "paperwurks-dev-private-b"
  }
}

# shared/setup/dev/network/private-subnet-b
resource "aws_subnet" "setup_dev_network_private-subnet-b_6F95FF92" {
  vpc_id                  = aws_vpc.setup_dev_network_vpc_AF597342.id
  availability_zone       = "eu-central-1b"
  cidr_block              = "10.20.16.0/20"
  map_public_ip_on_launch = false

  tags = {
    Name = "paperwurks-dev-private-b"
  }
}

# shared/setup/dev/network/private-association-b
resource "aws_route_table_association" "setup_dev_network_private-association-b_8A9FFDBD" {
  route_table_id = aws_route_table.setup_dev_network_private-routes-b_15DB3CDA.id
  subnet_id      = aws_subnet.setup_dev_network_private-subnet-b_6F95FF92.id
}

# shared/setup/dev/network/private-routes-c
resource "aws_route_table" "setup_dev_network_private-routes-c_168DF0BE" {
  vpc_id = aws_vpc.setup_dev_network_vpc_AF597342.id

  tags = {
    Name = "paperwurks-dev-private-c"
  }
}

# shared/setup/dev/network/private-subnet-c
resource "aws_subnet" "setup_dev_network_private-subnet-c_4511F12C" {
  vpc_id                  = aws_vpc.setup_dev_network_vpc_AF597342.id
  availability_zone       = "eu-central-1c"
  cidr_block              = "10.20.32.0/20"
  map_public_ip_on_launch = false

  tags = {
    Name = "paperwurks-dev-private-c"
  }
}

# shared/setup/dev/network/private-association-c
resource "aws_route_table_association" "setup_dev_network_private-association-c_B1AE196A" {
  route_table_id = aws_route_table.setup_dev_network_private-routes-c_168DF0BE.id
  subnet_id      = aws_subnet.setup_dev_network_private-subnet-c_4511F12C.id
}

# shared/setup/dev/network/private-route-a
resource "aws_route" "setup_dev_network_private-route-a_13A1F60D" {
  route_table_id         = aws_route_table.setup_dev_network_private-routes-a_5542F32E.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.setup_dev_network_nat-gateway-a_267F067C.id
}

# shared/setup/dev/network/private-route-b
resource "aws_route" "setup_dev_network_private-route-b_5C7C99D2" {
  route_table_id         = aws_route_table.setup_dev_network_private-routes-b_15DB3CDA.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.setup_dev_network_nat-gateway-a_267F067C.id
}

# shared/setup/dev/network/private-route-c
resource "aws_route" "setup_dev_network_private-route-c_D4D73327" {
  route_table_id         = aws_route_table.setup_dev_network_private-routes-c_168DF0BE.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.setup_dev_network_nat-gateway-a_267F067C.id
}

# shared/setup/dev/network/public-routes
resource "aws_route_table" "setup_dev_network_public-routes_18E2C5AD" {
  vpc_id = aws_vpc.setup_dev_network_vpc_AF597342.id

  tags = {
    Name = "paperwurks-dev-public"
  }
}

# shared/setup/dev/network/public-association-a
resource "aws_route_table_association" "setup_dev_network_public-association-a_4F581B67" {
  route_table_id = aws_route_table.setup_dev_network_public-routes_18E2C5AD.id
  subnet_id      = aws_subnet.setup_dev_network_public-subnet-a_80F6889D.id
}

# shared/setup/dev/network/public-subnet-b
resource "aws_subnet" "setup_dev_network_public-subnet-b_8858B641" {
  vpc_id                  = aws_vpc.setup_dev_network_vpc_AF597342.id
  availability_zone       = "eu-central-1b"
  cidr_block              = "10.20.225.0/24"
  map_public_ip_on_launch = false

  tags = {
    Name = "paperwurks-dev-public-b"
  }
}

# shared/setup/dev/network/public-association-b
resource "aws_route_table_association" "setup_dev_network_public-association-b_FDD3345B" {
  route_table_id = aws_route_table.setup_dev_network_public-routes_18E2C5AD.id
  subnet_id      = aws_subnet.setup_dev_network_public-subnet-b_8858B641.id
}

# shared/setup/dev/network/public-subnet-c
resource "aws_subnet" "setup_dev_network_public-subnet-c_311BFD1D" {
  vpc_id                  = aws_vpc.setup_dev_network_vpc_AF597342.id
  availability_zone       = "eu-central-1c"
  cidr_block              = "10.20.226.0/24"
  map_public_ip_on_launch = false

  tags = {
    Name = "paperwurks-dev-public-c"
  }
}

# shared/setup/dev/network/public-association-c
resource "aws_route_table_association" "setup_dev_network_public-association-c_DBFB1A17" {
  route_table_id = aws_route_table.setup_dev_network_public-routes_18E2C5AD.id
  subnet_id      = aws_subnet.setup_dev_network_public-subnet-c_311BFD1D.id
}

# shared/setup/dev/network/public-route
resource "aws_route" "setup_dev_network_public-route_B61E6C3F" {
  route_table_id         = aws_route_table.setup_dev_network_public-routes_18E2C5AD.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.setup_dev_network_internet-gateway_C0C7E4A4.id
}

# shared/setup/dev/network/s3-endpoint
resource "aws_vpc_endpoint" "setup_dev_network_s3-endpoint_F71CC736" {
  vpc_id            = aws_vpc.setup_dev_network_vpc_AF597342.id
  service_name      = "com.amazonaws.eu-central-1.s3"
  vpc_endpoint_type = "Gateway"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "BucketsOfThisAccount"
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action    = "s3:*"
        Resource  = "*"
        Condition = { StringEquals = { "aws:ResourceAccount" = "111122223333" } }
      },
      {
        Sid       = "ImageLayers"
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action    = "s3:GetObject"
        Resource  = "arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*"
      },
    ]
  })

  route_table_ids = [
    aws_route_table.setup_dev_network_private-routes-a_5542F32E.id,
    aws_route_table.setup_dev_network_private-routes-b_15DB3CDA.id,
    aws_route_table.setup_dev_network_private-routes-c_168DF0BE.id,
  ]

  tags = {
    Name = "paperwurks-dev-s3"
  }
}

# shared/setup/dev/network/flow-log-role/policy
resource "aws_iam_role_policy" "setup_dev_network_flow-log-role_policy_660B9DF4" {
  name = "permissions"
  role = aws_iam_role.setup_dev_network_flow-log-role_813FC6F3.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "WriteFlowLog"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.setup_dev_network_flow-log-group_50FD8BD3.arn}:*"
      },
    ]
  })
}
