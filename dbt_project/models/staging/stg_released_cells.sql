with

source as (

    select * from {{ source('landing', 'released_cells') }}

),

renamed as (

    select
        -- ids
        release,
        annex,
        member_id,

        -- text
        column_name,
        value,

        -- numerics
        year
    from source

)

select * from renamed
