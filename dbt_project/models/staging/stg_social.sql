with

source as (

    select * from {{ source('landing', 'social') }}

),

renamed as (

    select
        -- text
        network,

        -- numerics
        followers,

        -- dates
        date as read_on,

        -- origin
        source_file,
        source_line
    from source

),

-- Of two readings of a network on one day, the later in the file stands.
final as (

    select *
    from renamed
    qualify
        row_number() over (
            partition by lower(network), read_on
            order by source_line desc
        ) = 1

)

select * from final
